// Values that the choices leave open, filled in by the training library and the GPU.

import type { Choices } from "#scenario/keys/choices.ts";
import type {
  MethodId,
  KbitPreparation,
  LossPath,
  OptimizerId,
  QuantizedExperts,
  Sharding,
} from "#calc/model/scenario.ts";
import type { ParameterFormat } from "#calc/base/dtypes.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import { OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import type { LossChoice, StackRow } from "#catalog/stack-row.ts";
import type { Compute, ExpertRead, ExpertsChoice, SelectiveChoice } from "#scenario/keys/values.ts";

/** Whether a base is stored in bitsandbytes' 4 bits, all of it or most. */
export const isFourBit = (quant: Choices["quant"]): boolean => quant !== "int8" && quant !== "gptq";

/** Whether every linear of a base is, none of them left in 16 bits. */
export const isAllFourBit = (quant: Choices["quant"]): quant is "nf4" | "fp4" => quant === "nf4" || quant === "fp4";

/** What fused LoRA kernels do not go with. */
export type LoraKernelsClash = "method" | "quant" | "dora" | "division" | "shard";

/**
 * Axolotl refuses its kernels on a base of 8 bits and under FSDP 1, and they read the weight that GPTQ's linears have not; DoRA in them is not modelled, nor are matrices that
 * ranks divide: one node takes the place of modules whose results ranks exchange.
 *
 * @see axolotl@067b021c:src/axolotl/utils/schemas/validation.py, `check_lora_kernels_8bit`; config.py, `check_multigpu_lora_kernels`;
 *   kernels/lora.py, `get_lora_parameters`
 */
export const loraKernelsClash = (
  { quant, dora, tp, gpus, shard }: Pick<Choices, "quant" | "dora" | "tp" | "gpus" | "shard">,
  method: MethodId,
): LoraKernelsClash | null => {
  if (method === "full") return "method";
  if (method === "qlora" && !isFourBit(quant)) return "quant";
  if (dora) return "dora";
  // Others divide nothing: they are refused.
  if (tp > 1 && gpus % tp === 0) return "division";
  return gpus > 1 && shard === "fsdp1" ? "shard" : null;
};

/** The stack of these choices; plain Transformers where the name is none (a link with such a name is told so). */
export const stackOf = ({ stack }: Pick<Choices, "stack">): StackRow =>
  STACKS[isStackId(stack) ? stack : "transformers"];

/** What the choices leave open, filled in whichever model it is: by the stack, by the card, by the rank (alpha), by the number of GPUs (sharding). */
export type ResolvedByStack = Readonly<{
  compute: Compute;
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
  /** null, here and below: the library has no such setting. */
  liger: boolean | null;
  lorakernels: boolean | null;
  shard: Sharding;
}>;

/** What depends on the model, too. */
export type ResolvedByModel = Readonly<{
  /** What trains few parameters; LoRA where PEFT has not the one that was asked for. */
  tuner: Choices["tuner"];
  dora: boolean;
  /** 16 bits: as they are loaded, or the model has no fused experts. */
  experts: ExpertsChoice;
  /** null: experts are not packed. */
  expertread: ExpertRead | null;
  /** Of adapters' inputs. */
  dropout: number;
  /** How checkpoints run; null: the library has no such setting. */
  reentrant: boolean | null;
}>;

/** All that the choices leave open, filled in. */
export type Resolved = ResolvedByStack & ResolvedByModel;

/** The type that a library computes products in: on a card without bf16 another one. */
export const defaultComputeType = (choices: Pick<Choices, "stack">, card: CardTraits): Compute =>
  card.compute === "bf16" ? "bf16" : (stackOf(choices).withoutBf16 ?? "fp16");

type Computed = Readonly<{ compute: Compute; autocast: boolean }>;

/**
 * A format of the stack, where products are computed in another type than bf16. In fp16 under autocast the loss is scaled, and the scaler refuses gradients of
 * 16 bits: what is trained is fp32.
 *
 * @see torch/amp/grad_scaler.py, `_unscale_grads_` ("Attempting to unscale FP16 gradients.")
 */
const inCompute = (format: ParameterFormat, { compute, autocast }: Computed, isTrained: boolean): ParameterFormat => {
  if (format !== "bf16" || compute === "bf16") return format;
  return isTrained && autocast ? "fp32" : compute;
};

const formats = (
  choices: Choices,
  method: MethodId,
  computed: Computed,
): Pick<Resolved, "weights" | "grads" | "states" | "adapters"> => {
  const stack = stackOf(choices);
  const isFull = method === "full";
  const weights = isFull ? (stack.fullWeights ?? stack.weights) : stack.weights;
  const beside4bit = preparesAsBefore(choices) ? "bf16" : stack.adapters.qlora;
  const adapters = method === "qlora" ? beside4bit : stack.adapters.lora;
  return {
    weights: choices.weights ?? inCompute(weights, computed, isFull),
    grads: choices.grads ?? stack.gradients,
    states: choices.states ?? stack.optimizerStates,
    adapters: choices.adapters ?? inCompute(adapters, computed, true),
  };
};

/** What the user's other choices decide: alpha = 2r; FSDP2 from two GPUs on. */
export const impliedChoices = ({
  alpha,
  r,
  shard,
  gpus,
}: Pick<Choices, "alpha" | "r" | "shard" | "gpus">): Pick<Resolved, "alpha" | "shard"> => ({
  alpha: alpha ?? 2 * r,
  shard: shard ?? (gpus > 1 ? "fsdp2" : "none"),
});

/** What of activations is kept, or goes to the host. */
export const keptActivations = (choices: Choices): Pick<Resolved, "selective" | "actoffload"> => {
  const stack = stackOf(choices);
  return {
    selective: choices.selective ?? stack.selective ?? "none",
    actoffload: choices.actoffload ?? stack.checkpointsOffloaded,
  };
};

/** Kernels in place of modules. A library's own choice of them asks what the card has. */
const kernels = (
  choices: Choices,
  method: MethodId,
  { triton }: CardTraits,
): Pick<Resolved, "liger" | "lorakernels"> => {
  const own = stackOf(choices).kernels;
  if (own === undefined) return { liger: null, lorakernels: null };
  const isFused = choices.lorakernels ?? (own.lora && triton);
  return {
    liger: choices.liger ?? own.liger,
    lorakernels: own.lora === undefined ? null : isFused === true && loraKernelsClash(choices, method) === null,
  };
};

/** The loss: as chosen, else Liger's with its kernels, else the library's, of divided logits only where matrices are divided. */
export const resolvedLoss = (choices: Pick<Choices, "stack" | "loss" | "liger" | "tp" | "objective">): LossChoice => {
  const { loss, kernels: own } = stackOf(choices);
  // Preferences have losses of their own, and Liger's is none of them.
  if (choices.objective !== "sft") return OBJECTIVE_TRAITS[choices.objective].wholeLogits ? "full" : loss;
  if (choices.loss === null && own !== undefined && choices.liger) return "fused";
  return choices.loss ?? (loss === "parallel" && choices.tp === 1 ? "full" : loss);
};

/** What a choice of `loss` means with a library on a card. Whether logits stay divided is the division's. */
export const lossPathOf = (
  { lossPaths }: StackRow,
  loss: LossChoice,
  { triton }: Pick<CardTraits, "triton">,
): LossPath => {
  const path = lossPaths[loss === "parallel" ? "full" : loss];
  return !triton && path.kind === "fused" && path.kernel === "trl" ? { ...path, withoutTriton: true } : path;
};

/** How the library stores fused experts of a base in 4 bits; null where it leaves them as they are loaded. */
export const stackExperts = (
  { stack, quant }: Pick<Choices, "stack" | "quant">,
  method: MethodId,
): QuantizedExperts | null => (method === "qlora" && isFourBit(quant) ? (stackOf({ stack }).experts ?? null) : null);

/** bitsandbytes' own way: a read of the parameter dequantises it, and autograd saves that. */
const OWN_READ: ExpertRead = "saved";

/** How packed experts are read: as chosen, as the library does, or as bitsandbytes does by itself. */
export const expertReadOf = ({ stack, expertread }: Pick<Choices, "stack" | "expertread">): ExpertRead =>
  expertread ?? stackOf({ stack }).experts?.read ?? OWN_READ;

/** Trainers whose code is that of TRL 0.x prepare a quantised base as it did, and cast adapters beside it to bf16. */
const preparesAsBefore = ({ objective, stack }: Pick<Choices, "objective" | "stack">): boolean =>
  OBJECTIVE_TRAITS[objective].wholeLogits === true || (objective !== "sft" && stackOf({ stack }).trainer !== undefined);

/** The preparation of a quantised base that the library's trainer does by itself. */
export const defaultKbitPreparation = (choices: Pick<Choices, "objective" | "stack">): KbitPreparation =>
  preparesAsBefore(choices) ? "trl" : stackOf(choices).kbitPreparation;

/** Fills in what no model decides, for one method on a card: an override wins, else the stack's own value. */
export const resolveByStack = (choices: Choices, method: MethodId, card: CardTraits): ResolvedByStack => {
  const stack = stackOf(choices);
  const compute = choices.compute ?? defaultComputeType(choices, card);
  const autocast = choices.autocast ?? (compute === "fp32" ? false : stack.autocast);
  return {
    ...formats(choices, method, { compute, autocast }),
    ...impliedChoices(choices),
    ...keptActivations(choices),
    ...kernels(choices, method, card),
    compute,
    autocast,
    kbit: choices.kbit ?? defaultKbitPreparation(choices),
    attn:
      choices.attn ??
      (stack.attn_implementation === "flash" && !card.flashAttention ? "sdpa" : stack.attn_implementation),
    loss: resolvedLoss(choices),
    optim: choices.optim ?? stack.optim,
  };
};
