import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/**
 * Styles that stand in the markup of others, which the policy refuses when the script draws it: the generated root tells
 * screen readers of each new page by such an element, and bits-ui wraps the items of a command list in one.
 */
const styleByClass = {
  name: 'style-by-class',
  markup: ({ content, filename = '' }) => {
    if (filename.endsWith('/generated/root.svelte')) {
      return { code: content.replace(/(id="svelte-announcer"[^>]*?) style="[^"]*"/, '$1 class="sr-only"') };
    }
    const fixed = 'style="display: contents;"';
    return filename.includes('/bits-ui/') && content.includes(fixed)
      ? { code: content.replaceAll(fixed, 'class="whole"') }
      : undefined;
  },
};

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: [vitePreprocess(), styleByClass],
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
