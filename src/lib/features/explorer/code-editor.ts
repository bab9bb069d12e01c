import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { sql, StandardSQL } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { ExplorerView } from '#contracts/screens/explorer';

export interface CodeEditor {
  read(): string;
  write(text: string): void;
  /** Marks where something is wrong; an empty list takes the marks away. */
  mark(places: readonly { path: string; message: string }[]): void;
  focus(): void;
  destroy(): void;
}

export interface CodeEditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  readonly views: readonly ExplorerView[];
  onChange(text: string): void;
  /** Ctrl or ⌘ and Enter. */
  onRun(): void;
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-keyword)' },
  { tag: [tags.standard(tags.name), tags.typeName, tags.special(tags.name)], color: 'var(--code-name)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--code-note)' },
]);

/** The SQL editor: colours, completion from the catalogue, marks at the place of an error. Loaded when the page is shown. */
export function createCodeEditor({
  parent,
  text,
  label,
  views,
  onChange,
  onRun,
}: CodeEditorOptions): CodeEditor {
  const run = () => {
    onRun();
    return true;
  };
  const schema = Object.fromEntries(
    views.map((view) => [
      view.name,
      view.columns.map(({ name, type, meaning }) => ({
        label: name,
        type: 'property',
        detail: type,
        info: meaning,
      })),
    ]),
  );
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([{ key: 'Mod-Enter', run }, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        history(),
        lineNumbers(),
        bracketMatching(),
        closeBrackets(),
        autocompletion(),
        sql({ dialect: StandardSQL, schema, upperCaseKeywords: true }),
        syntaxHighlighting(colours),
        placeholder('SELECT module, count() FROM flags GROUP BY module'),
        // The page's policy lets in styles that carry its nonce alone.
        EditorView.cspNonce.of(document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? ''),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    read: () => view.state.doc.toString(),
    write: (changed) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: changed } }),
    mark: (places) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          places.map((place) => diagnosticAt(view.state, place)),
        ),
      ),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function diagnosticAt({ doc }: EditorState, { path, message }: { path: string; message: string }) {
  const [, line = '1', column = '1'] = /line (\d+), column (\d+)/.exec(path) ?? [];
  const { from, to } = doc.line(Math.min(Number(line), doc.lines));
  const start = Math.min(from + Number(column) - 1, to);
  const end = /^\w*/.exec(doc.sliceString(start, to))?.[0].length ?? 0;
  return {
    from: start,
    to: Math.min(start + Math.max(end, 1), doc.length),
    severity: 'error' as const,
    message,
  };
}
