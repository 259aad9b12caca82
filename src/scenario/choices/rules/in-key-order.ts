import { ORDER } from "#scenario/keys/order.ts";

const RANKS: ReadonlyMap<string, number> = new Map(ORDER.map((key, rank) => [key, rank]));

/** Messages sorted by the order of keys in a link; messages about the same key keep their order. */
export const inKeyOrder = <Said extends Readonly<{ key: string }>>(all: readonly Said[]): readonly Said[] =>
  all.toSorted((one, other) => (RANKS.get(one.key) ?? 0) - (RANKS.get(other.key) ?? 0));
