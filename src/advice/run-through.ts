/** Runs work that is made of slices to its end, at once. */
export const runThrough = <Value>(work: Generator<void, Value>): Value => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};
