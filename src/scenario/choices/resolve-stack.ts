import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { KbitPreparation, LossPath, MethodId, OptimizerId, Sharding } from "#calc/model/scenario.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import type { LossChoice, StackRow } from "#catalog/stack-row.ts";
import type { Choices, SelectiveChoice } from "./choices.ts";

/** The stack of these choices; plain Transformers where the name is none (a link with such a name is told so). */
export const stackOf = ({ stack }: Pick<Choices, "stack">): StackRow =>
  STACKS[isStackId(stack) ? stack : "transformers"];

/** What the choices leave open, filled in: by the stack, by the rank (alpha), by the number of GPUs (sharding). */
export type Resolved = Readonly<{
  weights: ParameterFormat;
  /** null: the dtype of the parameter. */
  grads: ParameterFormat | null;
  /** null: what the optimizer does with the dtype of the parameter. */
  states: ParameterFormat | null;
  adapters: ParameterFormat;
  autocast: boolean;
  kbit: KbitPreparation;
  alpha: number;
  attn: "flash" | "sdpa" | "math" | "eager";
  loss: LossChoice;
  optim: OptimizerId;
  selective: SelectiveChoice;
  actoffload: boolean;
  shard: Sharding;
}>;

const formats = (choices: Choices, method: MethodId): Pick<Resolved, "weights" | "grads" | "states" | "adapters"> => {
  const stack = stackOf(choices);
  return {
    weights: choices.weights ?? (method === "full" ? (stack.fullWeights ?? stack.weights) : stack.weights),
    grads: choices.grads ?? stack.gradients,
    states: choices.states ?? stack.optimizerStates,
    adapters: choices.adapters ?? (method === "qlora" ? stack.adapters.qlora : stack.adapters.lora),
  };
};

/** What the user's other choices decide: alpha = 2r; FSDP2 from two GPUs on. */
const consequences = ({ alpha, r, shard, gpus }: Choices): Pick<Resolved, "alpha" | "shard"> => ({
  alpha: alpha ?? 2 * r,
  shard: shard ?? (gpus > 1 ? "fsdp2" : "none"),
});

/** The loss: as chosen, else the library's, of divided logits only where matrices are divided. */
export const resolvedLoss = (choices: Choices): LossChoice => {
  const { loss } = stackOf(choices);
  return choices.loss ?? (loss === "parallel" && choices.tp === 1 ? "full" : loss);
};

/** What a choice of `loss` means with a library. Whether logits stay divided is the division's. */
export const lossPathOf = ({ lossPaths }: StackRow, loss: LossChoice): LossPath =>
  lossPaths[loss === "parallel" ? "full" : loss];

/** Fills in every null of the choices for one method: an override wins, else the stack's own value. */
export const resolve = (choices: Choices, method: MethodId): Resolved => {
  const stack = stackOf(choices);
  return {
    ...formats(choices, method),
    ...consequences(choices),
    autocast: choices.autocast ?? stack.autocast,
    kbit: choices.kbit ?? stack.kbitPreparation,
    attn: choices.attn ?? stack.attn_implementation,
    loss: resolvedLoss(choices),
    optim: choices.optim ?? stack.optim,
    selective: choices.selective ?? stack.selective ?? "none",
    actoffload: choices.actoffload ?? stack.checkpointsOffloaded,
  };
};
