/**
 * The nearest whole number, halves away from zero: 2.5 gives 3, -2.5 gives -3.
 *
 * `Math.round` takes -2.5 to -2, so that a saving and a lack of the same size would be printed differently.
 */
export const roundHalfUp = (value: number): number => {
  const size = Math.abs(value);
  const below = Math.floor(size);
  // Not floor(size + 0.5): that sum is itself rounded, and wrong for 0.49999999999999994 and for counts above 2^52.
  return Math.sign(value) * (size - below >= 0.5 ? below + 1 : below);
};
