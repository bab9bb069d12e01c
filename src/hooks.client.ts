import type { HandleClientError } from '@sveltejs/kit';

/** A fault in the browser: no engine text on the screen, and no reference, because the server did not see it. */
export const handleError: HandleClientError = ({ status }) => ({
  message:
    status === 404
      ? 'There is no such page.'
      : 'This page stopped working in your browser. Load it again; if that does not help, tell support what you did.',
  reference: '',
});
