// Division over GPUs, storage of fused experts and quantization that the choices ask for.

import type { AskedDivision } from "#calc/model/division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Division, MethodId } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { requestedAdapters } from "./adapters-and-kernels.ts";
import { impliedChoices, resolvedLoss, stackOf } from "./resolve-stack.ts";

/** Who loads a model with transformers' `DistributedConfig`. */
const LOADS_DIVIDED: readonly string[] = ["transformers", "trl"];

/** Who divides experts in a way of its own. */
const HAS_OWN_WAY: readonly string[] = ["torchtitan", "deepspeed"];

const ofStack = (choices: Choices): string | null => {
  const { stack } = choices;
  if (LOADS_DIVIDED.includes(stack)) return null;
  const { name } = stackOf(choices);
  const what = HAS_OWN_WAY.includes(stack)
    ? `how ${name} divides experts is not here`
    : `${name} does not divide experts`;
  return `belongs to transformers’ own expert parallelism: ${what}`;
};

/** @see transformers 5.24, distributed/configuration_utils.py: `DistributedConfig` has FSDP 2 and nothing else, and Trainer wraps such a model in nothing */
const ofSharding = (choices: Choices): string | null => {
  if (choices.gpus > 1 && impliedChoices(choices).shard !== "fsdp2")
    return "goes with shard=fsdp2 alone, which transformers puts around experts as it loads them";
  return choices.offload === "none" ? null : "is not counted with a part in host memory";
};

/**
 * PEFT puts adapters beside a model that is divided already: beside linears, which no rank divides. Beside experts their update is a plain tensor, which
 * torch does not add to a part of a whole ("got mixed torch.Tensor and DTensor").
 *
 * @see peft 0.21, tuners/lora/layer.py, `ParamWrapper`; transformers 5.24, trainer.py, `_sync_replicated_trainable_parameters`
 */
const ofAdapters = (choices: Choices, architecture: Architecture): string | null => {
  const { tuner, dora, save } = choices;
  if (tuner !== "lora" || dora)
    return "goes with plain LoRA: another tuner beside a divided model is not held against a run";
  if (save.length > 0) return "does not go with modules_to_save, whole copies of what ranks share";
  const adapted = ENGINE.adaptedParameters(requestedAdapters(choices, architecture, tuner));
  return adapted.length === 0
    ? null
    : "goes with adapters beside linears alone: PEFT’s beside experts cannot be added to a part of them";
};

const ofMethod = (choices: Choices, architecture: Architecture, method: MethodId): string | null => {
  if (method === "qlora")
    return "is for weights in 16 bits or more: PEFT finds no quantised matrix in a base that is loaded in parts";
  return method === "lora" ? ofAdapters(choices, architecture) : null;
};

/** Why the experts of a run are not shared out, whatever the model is; null where they can be. */
const whyNotEp = (choices: Choices, architecture: Architecture, method: MethodId): string | null =>
  ofStack(choices) ?? ofSharding(choices) ?? ofMethod(choices, architecture, method);

/** The requested division over GPUs, before any refusal. The loss is divided too if the library divides it. */
export const requestedDivision = (choices: Choices): AskedDivision => {
  const { gpus, tp, sp, cp, ulysses, pp, ep, loss, accum, attn } = choices;
  return { gpus, tp, sp, cp, ulysses, pp, ep, loss, accum, attn, dividesLoss: resolvedLoss(choices) === "parallel" };
};

/** The reason that expert parallelism is refused for a method; null if it is used. A refusal by the model holds for every method. */
export const whyNotExpertParallel = (choices: Choices, architecture: Architecture, method: MethodId): string | null => {
  const { division, refused } = ENGINE.dividedBy(requestedDivision(choices), architecture);
  const why = refused.find(({ key }) => key === "ep")?.why ?? null;
  return why ?? (division?.ep_size === undefined ? null : whyNotEp(choices, architecture, method));
};

/** The division of the model over the chosen GPUs, without refused parts. Expert parallelism depends on the method. */
export const chosenDivision = (
  choices: Choices,
  architecture: Architecture,
  method = choices.method,
): Division | undefined => {
  const asked = requestedDivision(choices);
  const isShared = choices.ep > 1 && whyNotExpertParallel(choices, architecture, method) === null;
  return ENGINE.dividedBy(isShared ? asked : { ...asked, ep: 1 }, architecture).division;
};

/** Choices for one method, with the model's shape. */
export type Asked = Readonly<{ choices: Choices; architecture: Architecture; method: MethodId }>;
