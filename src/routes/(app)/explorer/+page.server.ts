import { fail } from '@sveltejs/kit';
import { ask } from '#features/ask.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('app:explorer');
  return {
    sql: url.searchParams.get('sql') ?? '',
    catalogue: await ask(locals, (api) => api.explorer.catalogue()),
  };
};

/** Forms, so that a question can be asked before a script runs. */
export const actions: Actions = {
  run: async ({ request, locals }) => {
    const fields = await request.formData();
    const sql = textOf(fields.get('sql'));
    const page = Math.max(1, Math.trunc(Number(textOf(fields.get('page')))) || 1);
    try {
      return { sql, answer: await locals.api.explorer.run({ sql, page }) };
    } catch (thrown) {
      return refuse(locals, sql, thrown);
    }
  },
  format: async ({ request, locals }) => {
    const sql = textOf((await request.formData()).get('sql'));
    try {
      return await locals.api.explorer.format({ sql });
    } catch (thrown) {
      return refuse(locals, sql, thrown);
    }
  },
};

function refuse(locals: App.Locals, sql: string, thrown: unknown) {
  const failure = locals.app.describeFailure(thrown, locals.reference);
  if (failure.status >= 500) locals.app.onError(thrown, { path: 'explorer', reference: failure.reference });
  const { message, places, reference, code, status } = failure;
  return fail(status, { sql, failure: { message, places: [...places], reference, code } });
}

const textOf = (value: FormDataEntryValue | null): string => (typeof value === 'string' ? value : '');
