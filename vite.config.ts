import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';

/**
 * The contracts hold schemas and words side by side; a screen that needs the words alone must not load the schema
 * library. A bundler cannot know that making a schema has no effect, so this says so: each initialiser that is a call
 * becomes a pure function called at once, which falls away when nobody uses its constant.
 */
function pureContracts(): Plugin {
  return {
    name: 'pure-contracts',
    applyToEnvironment: (environment) => environment.name === 'client',
    transform: {
      order: 'post',
      filter: { id: /\/src\/lib\/contracts\/.*\.ts$/ },
      handler(code) {
        const calls = this.parse(code)
          .body.map((node) => (node.type === 'ExportNamedDeclaration' ? node.declaration : node))
          .flatMap((node) => (node?.type === 'VariableDeclaration' ? node.declarations : []))
          .flatMap(({ init }) => (init?.type === 'CallExpression' ? [init] : []));
        return calls.toReversed().reduce((text, { start, end }) => {
          const call = text.slice(start, end);
          return `${text.slice(0, start)}/* @__PURE__ */ (() => ${call})()${text.slice(end)}`;
        }, code);
      },
    },
  };
}

export default defineConfig({
  plugins: [tailwindcss(), sveltekit(), pureContracts()],
  // The content policy allows fonts from our own address only, never from within a style sheet.
  build: { assetsInlineLimit: (file) => (file.endsWith('.woff2') ? false : undefined) },
});
