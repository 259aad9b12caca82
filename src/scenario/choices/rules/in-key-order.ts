import { ORDER } from "#scenario/keys/order.ts";

const RANKS: ReadonlyMap<string, number> = new Map(ORDER.map((key, rank) => [key, rank]));

/** What is said of keys, in the order in which links have them; of one key as it came. */
export const inKeyOrder = <Said extends Readonly<{ key: string }>>(all: readonly Said[]): readonly Said[] =>
  all.toSorted((one, other) => (RANKS.get(one.key) ?? 0) - (RANKS.get(other.key) ?? 0));
