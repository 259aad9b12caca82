import type { AskedDivision } from "#calc/model/division.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Division, MethodId, QuantizedExperts, Quantization } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { requestedAdapters } from "./adapters-and-kernels.ts";
import { impliedChoices, resolvedLoss, stackOf, expertReadOf, stackExperts } from "./resolve-stack.ts";
import { type CardTraits, cardTraits, TRAITS_OF_ANY } from "#catalog/card-traits.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { GpuChoice, ExpertsChoice } from "#scenario/keys/values.ts";
import { isOnVersion4 } from "#calc/model/tuners.ts";

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

/** What the chosen card decides; one that the catalog does not have, or of which only the memory is known, is as most are. */
export const chosenCard = (gpu: GpuChoice, { gpus }: Pick<Catalog, "gpus">): CardTraits => {
  const row = gpu.kind === "catalog" ? gpus[gpu.id] : undefined;
  return row === undefined ? TRAITS_OF_ANY : cardTraits(row);
};

/** Choices for one method, with the model's shape. */
type Asked = Readonly<{ choices: Choices; architecture: Architecture; method: MethodId }>;

/** Published with experts in MXFP4. */
const IN_MXFP4 = "gpt_oss";

/** Whether a library's way with experts is its way with those of this model: version 4 had linears of some, Unsloth's is for gated MLPs. */
const isOfModel = ({ choices, architecture }: Asked): boolean => {
  const { isGated, wereLinears } = ENGINE.fusedExperts(architecture);
  return isOnVersion4(stackOf(choices).modelling ?? "transformers") ? wereLinears : isGated;
};

/** Whether the library keeps a 16-bit base's experts as gpt-oss is published. */
const keepsMxfp4 = ({ choices, architecture, method }: Asked): boolean =>
  method === "lora" && architecture.model_type === IN_MXFP4 && stackOf(choices).modelling === "unsloth";

/**
 * How a library stores fused experts by itself. Unsloth packs those of a 4-bit base, and with LoRA on 16 bits keeps those of gpt-oss as they are published.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/moe_utils_bnb4bit.py, `_is_expert_module`; mxfp4.py, `keep_mxfp4_experts_packed`
 */
export const defaultExpertStore = (asked: Asked): ExpertsChoice => {
  if (keepsMxfp4(asked)) return "mxfp4";
  const own = stackExperts(asked.choices, asked.method);
  return own !== null && isOfModel(asked) ? own.stored : "16bit";
};

const whyNotMxfp4 = ({ choices, architecture, method }: Asked): string | null => {
  if (architecture.model_type !== IN_MXFP4) return "is how gpt-oss is published, and this model is not";
  if (method === "full") return "cannot be trained itself";
  return expertReadOf(choices) === "rebuilt" ? null : "can be trained on only where experts are rebuilt in backward";
};

/** Why experts cannot be stored so for this method; null where they can. */
export const whyNotExpertStore = (experts: ExpertsChoice, asked: Asked): string | null => {
  if (ENGINE.fusedExperts(asked.architecture).weights === 0)
    return "is for experts that are fused into one parameter, and this model has none";
  if (experts === "mxfp4") return whyNotMxfp4(asked);
  const isFlat = stackOf(asked.choices).quantizedBytesPerParameter !== null;
  return asked.method === "qlora" && !isFlat ? null : "belongs to a quantised base";
};

/** The storage format of fused experts. @param asked with choices in effect */
export const expertStore = (asked: Asked): ExpertsChoice => asked.choices.experts ?? defaultExpertStore(asked);

const packedExperts = (stored: QuantizedExperts["stored"], choices: Choices): QuantizedExperts => {
  const { expertFormat: own } = stackOf(choices);
  return { stored, read: expertReadOf(choices), ...(stored === "4bit" && own !== undefined && { own }) };
};

/** The storage format of fused experts and their read mode, for choices in effect; null: they stay as loaded. */
export const chosenExperts = (
  choices: Choices,
  architecture: Architecture,
  method: MethodId,
): QuantizedExperts | null => {
  const stored = expertStore({ choices, architecture, method });
  return stored === "16bit" ? null : packedExperts(stored, choices);
};

/** How QLoRA's base is stored. */
export const chosenQuantization = (choices: Choices): Quantization => {
  const { quantizedBytesPerParameter } = stackOf(choices);
  if (quantizedBytesPerParameter !== null) return { kind: "flat", bytesPerParameter: quantizedBytesPerParameter };
  switch (choices.quant) {
    case "nf4":
    case "fp4":
      return { kind: "bnb-4bit", bnb_4bit_quant_type: choices.quant, bnb_4bit_use_double_quant: choices.dq };
    case "int8":
      return { kind: "bnb-8bit" };
    case "gptq":
      return { kind: "gptq" };
    case "unsloth-dynamic":
      return { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: choices.dq };
    default:
      return choices.quant satisfies never;
  }
};
