/**
 * @typedef {Readonly<{ name: string, url: string, dist: string, close: () => Promise<void> }>} Side
 * A build that is measured: `name` for people, `url` where it is served, `dist` its folder.
 */

/**
 * Measures side after side, round after round: whatever else the machine does meets all of them alike. Every other round goes the other way, so
 * that none is always the first.
 *
 * @template Measured
 * @param {readonly Side[]} sides
 * @param {number} rounds
 * @param {(side: Side) => Promise<Measured>} measure
 * @returns {Promise<readonly (readonly Measured[])[]>} for each side what its rounds gave
 */
export const inTurn = async (sides, rounds, measure) => {
  const measured = sides.map(() => /** @type {Measured[]} */ ([]));
  const there = [...sides.entries()];
  const back = [...there].reverse();
  for (let round = 0; round < rounds; round++)
    for (const [at, side] of round % 2 === 0 ? there : back) measured[at]?.push(await measure(side));
  return measured;
};
