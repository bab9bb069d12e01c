import { toast } from 'svelte-sonner';

interface Note {
  /** What happened, to how many. */
  text: string;
  detail?: string;
  /** Only where the act can be undone. */
  undo?: () => void;
}

/** Says that something was done; leaves by itself. */
export function notifyDone(note: Note): void {
  const action = note.undo ? { label: 'Undo', onClick: note.undo } : undefined;
  toast(note.text, { description: note.detail, action, duration: note.undo ? 8000 : 4000 });
}

/** Says that something failed and what to do; stays until it is closed. */
export function notifyFailed(note: Note & { retry?: () => void }): void {
  const action = note.retry ? { label: 'Try again', onClick: note.retry } : undefined;
  toast.error(note.text, { description: note.detail, action, duration: Number.POSITIVE_INFINITY });
}
