// Pseudo-random fractions from a seed: the minimal standard generator, the same on every machine.

const MODULUS = 2 ** 31 - 1;
const MULTIPLIER = 48_271;

/**
 * Fractions between 0 and 1, both left out, that look as if they were drawn by chance. The same seed gives the same ones, on every machine.
 *
 * The "minimal standard" generator: x ← 48,271 · x mod (2^31 − 1). No product is above 2^47, so that all are exact.
 *
 * @param seed a whole number from 1 to 2^31 − 2
 * @see Park, Miller and Stockmeyer, Communications of the ACM 36 (7), 1993, pages 105 to 110
 */
export const seededFractions = (seed: number): (() => number) => {
  let x = seed;
  return () => {
    x = (MULTIPLIER * x) % MODULUS;
    return x / MODULUS;
  };
};
