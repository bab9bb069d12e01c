import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** The generated root tells screen readers of each new page by an element with a style in line, which the policy refuses. */
const announcerByClass = {
  name: 'announcer-by-class',
  markup: ({ content, filename = '' }) =>
    filename.endsWith('/generated/root.svelte')
      ? { code: content.replace(/(id="svelte-announcer"[^>]*?) style="[^"]*"/, '$1 class="sr-only"') }
      : undefined,
};

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: [vitePreprocess(), announcerByClass],
  compilerOptions: { runes: true },
  kit: {
    adapter: adapter({ precompress: true }),
    csp: {
      mode: 'nonce',
      directives: {
        'default-src': ['self'],
        'img-src': ['self', 'data:'],
        // Styles in attributes are lifted into a sheet with the nonce: src/lib/server/inline-styles.ts.
        'style-src': ['self'],
        'script-src': ['self'],
        'font-src': ['self'],
        'frame-src': ['none'],
        'worker-src': ['self'],
        'manifest-src': ['self'],
        'connect-src': ['self'],
        'frame-ancestors': ['none'],
        'object-src': ['none'],
        'base-uri': ['self'],
        'form-action': ['self'],
      },
    },
  },
};
