import { type Bytes, bytes, GIB } from "#calc/base/quantity.ts";
import type { OnCard } from "#calc/model/memory-estimate.ts";
import { CUDA_CONTEXT_GIB } from "./cuda-context.ts";
import { type EdgeClass, edgeClass } from "#calc/model/edge-class.ts";

/** On one GPU by the replay, over what is needed: room for gaps that differ from one limit to the next, and for what a replay gets wrong. */
const OVER_NEEDED = 1.03;

/** The largest share of the available memory that a run fits with, where published runs ran out of memory above it. */
const FIT_SHARES = { several: 0.9, rule: 0.8 } as const satisfies Record<Exclude<EdgeClass, "one">, number>;

/**
 * The least available memory in which a run fits. With less it may not fit, and below what it needs on the card it does not. On one GPU by the replay:
 * 1.03 × needed + the greatest context. On several GPUs: what is needed on each is at most 0.9 of it. By the rule: at most 0.8.
 *
 * @see docs/adr/0014-where-fits-ends.md
 */
export const comfortableBytes = (
  { basis, neededBytes, onCardBytes }: Pick<OnCard, "basis" | "neededBytes" | "onCardBytes">,
  gpus: number,
): Bytes => {
  const edge = edgeClass(basis, gpus);
  return edge === "one"
    ? bytes(Math.round(OVER_NEEDED * neededBytes + CUDA_CONTEXT_GIB.most * GIB))
    : bytes(Math.ceil(onCardBytes / FIT_SHARES[edge]));
};
