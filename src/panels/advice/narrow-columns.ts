import type { Fit } from "#calc/model/memory-estimate.ts";

/** A column of the matrix, as far as choosing columns goes. */
type Column = Readonly<{ chosen: boolean; fits: readonly Fit[] }>;

const outcomeOf = ({ fits }: Column): string => fits.join();

/**
 * The columns that a phone has room for: the chosen card, then the nearest ones on which the outcome of some method is another, then the nearest of all. In
 * their order.
 *
 * @param room how many
 * @returns indices of columns
 */
export const narrowColumns = (columns: readonly Column[], room: number): readonly number[] => {
  const chosen = Math.max(
    0,
    columns.findIndex((column) => column.chosen),
  );
  const indices = columns.map((_, index) => index);
  const near = indices.toSorted((one, other) => Math.abs(one - chosen) - Math.abs(other - chosen));
  const kept: number[] = [];
  const known = new Set<string>();
  for (const index of near) {
    const outcome = outcomeOf(columns[index] as Column);
    if (!known.has(outcome)) kept.push(index);
    known.add(outcome);
  }
  return [...new Set([chosen, ...kept, ...near])].slice(0, room).toSorted((one, other) => one - other);
};
