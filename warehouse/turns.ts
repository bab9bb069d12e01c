/** Runs one task after the other, in the order of the calls; a failed task does not hold up the next. */
export function createTurns() {
  let tail: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const mine = tail.then(task, task);
    tail = mine.catch(() => {});
    return mine;
  };
}
