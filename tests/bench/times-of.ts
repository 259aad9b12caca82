const WARM_UP = 5;
/** Turns are left out once so many milliseconds have gone, but for the fewest. */
const LONGEST_MILLISECONDS = { whole: 4000, quick: 800 } as const;

/** A whole measurement, or one that takes a few minutes in all. */
export type Form = keyof typeof LONGEST_MILLISECONDS;

const FEWEST_TURNS = 3;
const FEWEST_WARM_UP_TURNS = 1;

/**
 * Milliseconds of each of so many turns, after a few that do not count. `turn` is told which it is: below 0 for those. Of long turns there are fewer, so that
 * all of them take some seconds.
 */
export const timesOf = (repeats: number, turn: (index: number) => void, form: Form): readonly number[] => {
  const milliseconds: number[] = [];
  const begun = performance.now();
  const isOver = (done: number, fewest: number): boolean =>
    done >= fewest && performance.now() - begun > LONGEST_MILLISECONDS[form];
  for (let index = -WARM_UP; index < 0 && !isOver(index + WARM_UP, FEWEST_WARM_UP_TURNS); index++) turn(index);
  for (let index = 0; index < repeats && !isOver(index, FEWEST_TURNS); index++) {
    const start = performance.now();
    turn(index);
    milliseconds.push(performance.now() - start);
  }
  return milliseconds;
};
