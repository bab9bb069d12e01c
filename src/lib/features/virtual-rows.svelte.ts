import {
  Virtualizer,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
} from '@tanstack/virtual-core';

export interface VirtualSource {
  readonly count: number;
  /** Height of every line in pixels. */
  readonly size: number;
  readonly element: HTMLElement | undefined;
  /** Height kept free at the top, e.g. for a sticky head. */
  readonly top: number;
}

/** Lines drawn by the server, before the height of the window is known. */
const firstLines = 40;
const overscan = 12;

/** Which lines of a long list are in sight. Call in a component's script; read `items` in its template. */
export function createVirtualRows(source: () => VirtualSource) {
  let items = $state.raw<readonly VirtualItem[]>([]);
  let total = $state(0);
  let virtualizer: Virtualizer<HTMLElement, HTMLElement> | null = null;

  function draw(from: Virtualizer<HTMLElement, HTMLElement>): void {
    items = from.getVirtualItems();
    total = from.getTotalSize();
  }

  $effect(() => {
    const { count, size, element, top } = source();
    if (element === undefined) return;
    const options = {
      count,
      getScrollElement: () => element,
      estimateSize: () => size,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      overscan,
      scrollPaddingStart: top,
      onChange: draw,
    };
    if (virtualizer === null) virtualizer = new Virtualizer<HTMLElement, HTMLElement>(options);
    else virtualizer.setOptions(options);
    virtualizer.measure();
    // The hooks by which every adapter of the library tells it about the page.
    const { _willUpdate: willUpdate } = virtualizer;
    willUpdate();
    draw(virtualizer);
  });
  $effect(() => {
    if (virtualizer === null) return undefined;
    const { _didMount: didMount } = virtualizer;
    return didMount();
  });

  const drawn = $derived.by(() => {
    if (items.length > 0) return items.map((item) => item.index);
    return Array.from({ length: Math.min(source().count, firstLines) }, (_, index) => index);
  });

  return {
    /** Numbers of the lines to draw. */
    get lines(): readonly number[] {
      return drawn;
    },
    /** Pixels above the first and below the last line drawn. */
    get before(): number {
      return (drawn[0] ?? 0) * source().size;
    },
    get after(): number {
      const last = drawn.at(-1);
      const { count, size } = source();
      return last === undefined ? 0 : Math.max(0, (total > 0 ? total : count * size) - (last + 1) * size);
    },
    scrollTo(line: number): void {
      virtualizer?.scrollToIndex(line, { align: 'auto' });
    },
  };
}
