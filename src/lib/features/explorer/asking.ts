import type { ApiClient } from '#client/trpc';
import { shownFailure } from '#client/failure';
import type { ExplorerAnswer } from '#contracts/screens/explorer';

export interface AskFailure {
  readonly message: string;
  readonly reference: string;
  readonly places: readonly { path: string; message: string }[];
}

/** What came of a question; null: it was stopped, and the server stopped too. */
export type Asked = { answer: ExplorerAnswer; failure: null } | { answer: null; failure: AskFailure } | null;

export async function askInSql(
  api: ApiClient,
  input: { sql: string; page: number },
  signal: AbortSignal,
): Promise<Asked> {
  try {
    return { answer: await api.explorer.run.mutate(input, { signal }), failure: null };
  } catch (thrown) {
    if (signal.aborted) return null;
    const { message, reference } = shownFailure(thrown);
    return { answer: null, failure: { message, reference: reference ?? '', places: placesIn(thrown) } };
  }
}

function placesIn(thrown: unknown): AskFailure['places'] {
  if (typeof thrown !== 'object' || thrown === null || !('data' in thrown)) return [];
  const { data } = thrown as { data?: { failure?: { places?: AskFailure['places'] } } | null };
  return data?.failure?.places ?? [];
}
