import type { ChatEvent, ChatInput } from '#contracts/screens/ask';

/** Why there is no answer, or no more of it. */
export interface AskFailure {
  readonly message: string;
  readonly reference: string | null;
  readonly signedOut: boolean;
}

const unreached: AskFailure = {
  message: 'Plumbline could not be reached. Check your connection, then ask again.',
  reference: null,
  signedOut: false,
};

/**
 * Asks, and hands on each piece of the answer as it comes. Aborting stops the answer on the server too.
 * @returns null when the answer came to its end or was stopped
 */
export async function askInWords(
  input: ChatInput,
  onEvent: (event: ChatEvent) => void,
  signal: AbortSignal,
): Promise<AskFailure | null> {
  try {
    const response = await fetch('/api/der-iq/chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
      signal,
    });
    if (!response.ok || response.body === null) return await failureOf(response);
    return await readLines(response.body, onEvent);
  } catch {
    return signal.aborted ? null : unreached;
  }
}

async function readLines(
  body: ReadableStream<Uint8Array>,
  onEvent: (event: ChatEvent) => void,
): Promise<AskFailure | null> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let ended = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return ended ? null : unreached;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = JSON.parse(line) as ChatEvent;
      if (event.type === 'failed')
        return { message: event.message, reference: event.reference, signedOut: false };
      ended ||= event.type === 'done';
      onEvent(event);
    }
  }
}

async function failureOf(response: Response): Promise<AskFailure> {
  const signedOut = response.status === 401;
  const told: unknown = await response.json().catch(() => null);
  if (typeof told !== 'object' || told === null) return { ...unreached, signedOut };
  const { detail, reference } = told as Record<string, unknown>;
  return {
    message: typeof detail === 'string' ? detail : unreached.message,
    reference: typeof reference === 'string' ? reference : null,
    signedOut,
  };
}
