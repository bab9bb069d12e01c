// Runs in the page under measurement (pixel.ts): stamps every change of a DOT cell's colour in the page's own clock.
/** @type {Record<string, { changedAtMs: number, paintedAtMs: number }[]>} */
const stamps = {};
const colours = new Map();

function now() {
  return performance.timeOrigin + performance.now();
}

function colourOf(row) {
  const cells = [...row.querySelectorAll('a[data-flag]')];
  const dot = cells.find((cell) => decodeURIComponent(cell.getAttribute('href') ?? '').endsWith(':dot'));
  return dot?.getAttribute('data-flag') ?? '';
}

/** A task that the frame's callback queues runs after that frame was painted. */
function stampPaint(stamp) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      stamp.paintedAtMs = now();
      port1.close();
    });
    port1.start();
    port2.postMessage(null);
  });
}

function read(isFirst) {
  const changedAtMs = now();
  for (const row of document.querySelectorAll('.board tbody tr[aria-selected]')) {
    const name = row.querySelector('th a')?.textContent ?? '';
    const colour = colourOf(row);
    if (colours.get(name) === colour) continue;
    colours.set(name, colour);
    if (isFirst) continue;
    const stamp = { changedAtMs, paintedAtMs: 0 };
    (stamps[name] ??= []).push(stamp);
    stampPaint(stamp);
  }
}

read(true);
new MutationObserver(() => read(false)).observe(document.querySelector('.board tbody'), {
  subtree: true,
  childList: true,
  attributes: true,
  characterData: true,
});
globalThis.plumblineStamps = stamps;
