/** The smallest absolute value that at least this share of values does not exceed (nearest rank); 0 of none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sizes = values.map(Math.abs).toSorted((one, other) => one - other);
  return sizes[Math.max(0, Math.ceil(share * sizes.length) - 1)] ?? 0;
};
