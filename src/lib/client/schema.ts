import * as z from 'zod';

// Without this the library tries whether it may compile schemas to code, which the content security policy refuses aloud.
z.config({ jitless: true });

/** Schemas in the browser: for what an answer of the server must be checked for. */
export { z };
