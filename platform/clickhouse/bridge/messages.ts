export type FromChild = { kind: 'ready'; version: string } | { kind: 'failed'; message: string };
export interface ToChild {
  kind: 'stop';
}
