/** Work stops after so long, so that a touch is answered within a frame. */
const SLICE_MILLISECONDS = 5;

const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/**
 * Runs work that is made of slices, a few milliseconds at a time, with everything else that the page has to do between.
 *
 * @param isWanted asked between slices; once it says no the work is dropped
 * @returns null where it was dropped
 */
export const inSlices = async <Value>(work: Generator<void, Value>, isWanted: () => boolean): Promise<Value | null> => {
  for (;;) {
    await breath();
    if (!isWanted()) return null;
    const end = performance.now() + SLICE_MILLISECONDS;
    do {
      const { done, value } = work.next();
      if (done) return value;
    } while (performance.now() < end);
  }
};
