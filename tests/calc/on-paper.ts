import type { Element } from "#calc/base/dtypes.ts";
import { createTape } from "#calc/tape/create-tape.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import { parameter } from "#calc/tape/parameter.ts";
import type { Policies } from "#calc/tape/run-state.ts";
import { bind, withHolding } from "#calc/tape/scope.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { fresh } from "#calc/tape/tensor.ts";

/** A tape for a module by itself, in a layer; on a GPU, with several rows. */
export const emptyTape = (policies: Partial<Policies> = {}): Tape => {
  const usual = { fakeTensors: false, singleRow: false, singleChunk: false, paddedChunk: false, gradientShare: 1 };
  const tape = createTape({ ...usual, ...policies }, { chunkSize: 1, keepsGraph: false });
  enterLayer(tape, 0);
  return tape;
};

/** A tensor that is there before the module runs: one that backward comes to, unless it is frozen. */
export const given = (
  tape: Tape,
  shape: Shape,
  {
    dtype = "bf16",
    trained = true,
    name = "given",
  }: Readonly<{ dtype?: Element; trained?: boolean; name?: string }> = {},
): Tensor => parameter(tape, { name, shape, dtype, term: "activations", trained });

/** A tensor in words: `b×8×s×64 bf16`. */
export const inWords = ({ shape, dtype }: Pick<Tensor, "shape" | "dtype">): string =>
  `${shape.dims.join("×")} ${dtype}`;

/** What is made from now on, in order, each time that one asks. */
export const madeFromNow = ({ recorder: { ledger } }: Tape): (() => readonly string[]) => {
  const from = ledger.log.length;
  return () => ledger.log.filter(({ at }, index) => index >= from && at === index).map(inWords);
};

/** What is alive of what was made from now on, in the order in which it was made. */
export const leftFromNow = ({ recorder: { ledger } }: Tape): (() => readonly string[]) => {
  const from = ledger.log.length;
  return () => {
    const left = new Set<(typeof ledger.log)[number]>();
    ledger.log.slice(from).forEach((storage, index) => {
      if ((ledger.signs[from + index] ?? 0) > 0) left.add(storage);
      else left.delete(storage);
    });
    return [...left].map(inWords);
  };
};

/** Runs the backward of the operation that made a tensor, as a C++ function: what it makes. */
export const madeBackward = (result: Tensor): readonly string[] => {
  const { node, tape } = result;
  if (node === null) throw new Error("what is made of something trained has a node");
  const gradient = bind(fresh(tape, result.shape, result.dtype));
  const made = madeFromNow(tape);
  withHolding(tape.names, true, () => node.backward([gradient], node));
  return made();
};

/** How often each is in a list. */
export const tally = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};
