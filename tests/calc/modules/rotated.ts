import type { Element } from "#calc/base/dtypes.ts";
import type { ApplyRotary, rotaryTables } from "#calc/modules/rotary.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind } from "#calc/tape/scope.ts";
import { emptyTape, given, leftFromNow, madeFromNow, tally } from "../on-paper.ts";

type Counts = Readonly<Record<string, number>>;

/** Heads are 64 wide. Tables in the type given, for the first entries of each head. */
export type Tables = Readonly<{ width: number; dtype: Element }>;

/** What rotating queries in four heads and keys in two makes, and what is there when it has returned. */
export const rotated = (apply: ApplyRotary, { width, dtype }: Tables): Readonly<{ made: Counts; left: Counts }> => {
  const tape = emptyTape();
  const states = (heads: number) => bind(given(tape, shapeOf("b", heads, "s", 64), { trained: false }));
  const table = () => given(tape, shapeOf(1, 1, "s", width), { dtype, trained: false });
  const [query, key, rotary] = [states(4), states(2), { cos: table(), sin: table() }];
  const [made, left] = [madeFromNow(tape), leftFromNow(tape)];
  apply(query, key, rotary).forEach(bind);
  return { made: tally(made()), left: tally(left()) };
};

/** The same of queries as of keys: `b×h×s×64` stands for four heads, and for two. */
export const ofBoth = (counts: Counts): Counts =>
  Object.fromEntries(
    Object.entries(counts).flatMap(([name, count]) => [4, 2].map((heads) => [name.replace("h", `${heads}`), count])),
  );

/** What making tables for heads of 64 in 16 bit makes. */
export const madeOfTables = (tables: typeof rotaryTables): Counts => {
  const tape = emptyTape();
  const positions = given(tape, shapeOf(1, "s"), { dtype: "int64", trained: false });
  const made = madeFromNow(tape);
  tables({ width: 64, dtype: "bf16" }, positions);
  return tally(made());
};
