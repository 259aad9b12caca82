const WARM_UP = 5;

/** Milliseconds of each of so many turns, after a few that do not count. `turn` is told which it is: below 0 for those. */
export const timesOf = (repeats: number, turn: (index: number) => void): readonly number[] => {
  const milliseconds: number[] = [];
  for (let index = -WARM_UP; index < repeats; index++) {
    const start = performance.now();
    turn(index);
    if (index >= 0) milliseconds.push(performance.now() - start);
  }
  return milliseconds;
};
