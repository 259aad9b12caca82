// Rules that need the model, the GPU and the method.

import { hasDropout, isUnquantized, learnsPrompt } from "#calc/model/tuners.ts";
import type { Quantization } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import {
  adaptsFusedExperts,
  requestedAdapters,
  checkpointReentrance,
  whyNotReentrant,
  whyNotSdpa,
} from "#scenario/choices/adapters-and-kernels.ts";
import { requestedDivision, whyNotExpertParallel } from "#scenario/choices/chosen-division.ts";
import {
  chosenQuantization,
  expertStore,
  defaultExpertStore,
  whyNotExpertStore,
} from "#scenario/choices/base-storage.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { type HeldForMethod, type Rule, isSet } from "./apply-rules.ts";
import { hasDynamicBase, loadsNoCheckpoint } from "#scenario/choices/dynamic-quantization.ts";
import { type LoraKernelsClash, loraKernelsClash, stackOf } from "#scenario/choices/resolve-stack.ts";
import { formatCount } from "#format/numbers.ts";
import {
  completionsPerPrompt,
  generatedRows,
  requestedStepsPerGeneration,
  stepsPerGeneration,
  defaultReference,
  whyNotReference,
} from "#scenario/choices/objective-settings.ts";
import { sharesVocabulary } from "#scenario/choices/teacher-model.ts";

/** Said of what PEFT does not have beside parameters of experts. */
const BESIDE_FUSED = "is refused by PEFT beside adapters on fused experts";

/** Libraries that hand PEFT a `LoraConfig` and no other, or know no adapters, and the article's rule of thumb. */
const KNOWS_LORA_ALONE = /^(article|axolotl|torchtitan)/;

/** LLaMA-Factory has OFT beside LoRA, and no other. @see LLaMA-Factory 0.9.4: src/llamafactory/extras/constants.py, `PEFT_METHODS` (LoRA alone in 0.9.3) */
const LLAMA_FACTORY = /^llama-factory/;

const hasTuner = ({ stack, tuner }: Choices): boolean =>
  !KNOWS_LORA_ALONE.test(stack) && (tuner === "oft" || !LLAMA_FACTORY.test(stack));

/** The reason that prompt tuning is not estimated with these settings; null if it is. */
const whyNotPrompt = ({ gpus, offload, packing, save }: Choices): string | null => {
  if (gpus > 1 || offload === "all") return "is counted on one GPU alone, with its parameters on it";
  if (!packing) return "is counted for packed rows alone";
  return save.length === 0 ? null : "has no modules_to_save in PEFT";
};

/** The reason that a tuner is refused; null if it is used. @param quantization of the base model; null: 16 bits */
const whyNotTuner = (
  { choices, now, architecture }: HeldForMethod,
  quantization: Quantization | null,
): string | null => {
  if (choices.tuner === "lora") return null;
  if (!hasTuner(choices)) return "is nothing that this library has";
  const notBeside = learnsPrompt(choices) ? whyNotPrompt(choices) : null;
  if (notBeside !== null) return notBeside;
  const { method, modelling } = requestedAdapters(choices, architecture, choices.tuner);
  return ENGINE.whyNotTuner({ architecture, lora: method.lora, modelling, quantization, tp_size: now.tp });
};

const whyNotQuantized = (held: HeldForMethod): string | null =>
  isUnquantized(held.choices.tuner)
    ? "has nothing in PEFT for a quantised base"
    : whyNotTuner(held, chosenQuantization(held.choices));

/** Rules for the tuner, its options and its target modules. */
const ADAPTER_RULES: readonly Rule<HeldForMethod>[] = [
  {
    keys: ["tuner"],
    of: "asked",
    why: (held) => whyNotTuner(held, null) ?? (held.method === "qlora" ? whyNotQuantized(held) : null),
  },
  {
    // DoRA is LoRA's. With a tuner that is not run beside 16 bits it is that of the LoRA in its place.
    keys: ["dora"],
    of: "asked",
    why: (held) =>
      held.choices.tuner === "lora" || whyNotTuner(held, null) !== null
        ? null
        : `belongs to tuner=lora, and tuner is ${held.choices.tuner}`,
  },
  {
    /** @see peft@0.21.2:tuners/lora/layer.py, `ParamWrapper.__init__` ("does not work with use_dora=True") */
    keys: ["dora"],
    of: "adapters",
    why: ({ choices, architecture }) => (adaptsFusedExperts(choices, architecture, "lora") ? BESIDE_FUSED : null),
  },
  {
    /**
     * @see peft@0.21.2:tuners/lora/layer.py, `ParamWrapper.__init__` ("does not work with lora_dropout != 0");
     *   axolotl@067b021c:src/axolotl/utils/schemas/peft.py, `validate_lora_target_parameters_dropout`;
     *   unsloth 2026.10.9, models/llama.py, `get_peft_model` (hands PEFT `lora_dropout` beside `target_parameters`)
     */
    keys: ["dropout"],
    of: "adapters",
    why: ({ choices, now: { tuner }, architecture }) => {
      if (!hasDropout(tuner)) return `is of an adapter’s input, and ${tuner} has none`;
      return adaptsFusedExperts(choices, architecture, tuner) ? BESIDE_FUSED : null;
    },
  },
  {
    keys: ["targets"],
    why: ({ now: { targets }, architecture }) => {
      if (typeof targets !== "string")
        return targets.every(ENGINE.canTarget(architecture)) ? null : "names modules that this model does not have";
      return ENGINE.targetModules(architecture, targets) === null
        ? "is not offered for this model, whose modules do not divide that way"
        : null;
    },
    instead: ({ now: { targets }, architecture }) => {
      const known = typeof targets === "string" ? [] : targets.filter(ENGINE.canTarget(architecture));
      return { targets: known.length === 0 ? "all-linear" : known };
    },
  },
  {
    keys: ["targets"],
    of: "adapters",
    when: () => true,
    why: ({ now, architecture }) => ENGINE.wholeTargets(requestedAdapters(now, architecture, now.tuner))?.why ?? null,
    instead: ({ now, architecture }) => {
      const names = ENGINE.wholeTargets(requestedAdapters(now, architecture, now.tuner))?.names ?? [];
      return { targets: names.length === 0 ? "all-linear" : names };
    },
    follows: (method) => `so ${method} has others`,
  },
];

/** Rules for the quantized base model and fused experts. */
const BASE_RULES: readonly Rule<HeldForMethod>[] = [
  {
    keys: ["quant"],
    why: ({ choices }) => {
      if (choices.quant !== "unsloth-dynamic" || choices.method !== "qlora") return null;
      if (loadsNoCheckpoint(choices)) return "is a checkpoint of bitsandbytes, which this library does not load";
      return hasDynamicBase(choices)
        ? null
        : "is a list of modules for each checkpoint, and none is known for this model: paste the config.json of its “-unsloth-bnb-4bit” checkpoint";
    },
  },
  {
    keys: ["experts"],
    of: "all",
    why: ({ choices, ...subject }) => {
      const { experts } = choices;
      return experts === null || experts === "16bit" ? null : whyNotExpertStore(experts, { choices, ...subject });
    },
    instead: (held) => ({ experts: defaultExpertStore(held) }),
  },
  {
    keys: ["expertread"],
    of: "all",
    why: ({ now, ...subject }) =>
      expertStore({ ...subject, choices: now }) === "16bit" ? "is for packed experts, and here there are none" : null,
  },
];

/** The reason to refuse offload where CPU and GPU share one memory. */
const MOVES_NOTHING = "moves nothing where CPU and GPU share one memory";

/** Rules for offload to host memory and for parallelism. The engine decides which divisions a model supports. */
const DIVISION_RULES: readonly Rule<HeldForMethod>[] = [
  { keys: ["offload"], why: ({ isUnified }) => (isUnified ? MOVES_NOTHING : null) },
  {
    keys: ["tp", "sp", "loss", "cp", "ulysses", "pp"],
    why: ({ choices, architecture }, key) =>
      ENGINE.dividedBy(requestedDivision(choices), architecture).refused.find((each) => each.key === key)?.why ?? null,
    instead: (_, key) => ({ [key]: key === "loss" ? "full" : DEFAULT_CHOICES[key] }),
  },
  {
    keys: ["ep"],
    of: "each",
    why: ({ choices, architecture, method }) => whyNotExpertParallel(choices, architecture, method),
  },
];

const NO_SETTING = "is nothing that this library has";

/** Torch refuses contexts for checkpoints that are `use_reentrant=True`. */
const whyNotSelective = ({ choices, architecture, method }: HeldForMethod): string | null => {
  if (choices.selective === "none") return null;
  if (!choices.ckpt) return "belongs to ckpt=1";
  return choices.selective === "op" && checkpointReentrance(choices, architecture, method).isReentrant
    ? `goes with checkpoints that are not reentrant, and ${choices.reentrant ? "these" : "this library’s"} are`
    : null;
};

const whyNotOffloaded = ({ choices, isUnified }: HeldForMethod): string | null => {
  const { actoffload, ckpt, stack } = choices;
  if (!actoffload) return null;
  if (!ckpt && stackOf(choices).checkpointsOffloaded) return "moves checkpoints with this library, and ckpt=0 has none";
  if (/^lit-?gpt/.test(stack)) return "is nothing that LitGPT has";
  return isUnified ? MOVES_NOTHING : null;
};

/**
 * Liger's norm knows nothing of matrices that ranks divide.
 *
 * @see axolotl@067b021c:src/axolotl/integrations/liger/args.py, `check_liger_rms_norm_tensor_parallel`; linkedin/Liger-Kernel issue 826
 */
const whyNotLiger = ({ choices, now, architecture: { model_type } }: HeldForMethod): string | null => {
  if (!choices.liger) return null;
  if (stackOf(choices).kernels === undefined) return NO_SETTING;
  if (!ENGINE.hasLiger(model_type)) return "is for models that Liger’s kernels are known for, and this is none";
  return now.tp > 1 ? "does not go with matrices that GPUs divide" : null;
};

const CLASHES: Readonly<Record<LoraKernelsClash, string>> = {
  method: "is for adapters, and full fine-tuning has none",
  quant: "is for a base of 16 or 4 bits",
  dora: "belongs to dora=0",
  division: "does not go with matrices that GPUs divide",
  shard: "does not go with shard=fsdp1",
};

const whyNotLoraKernels = ({ choices, now: { dora, tp }, method }: HeldForMethod): string | null => {
  if (!choices.lorakernels) return null;
  if (stackOf(choices).kernels?.lora === undefined) return NO_SETTING;
  const clash = loraKernelsClash({ ...choices, dora, tp }, method);
  return clash === null ? null : CLASHES[clash];
};

/** Rules for attention, saved activations and fused kernels. */
const KERNEL_RULES: readonly Rule<HeldForMethod>[] = [
  {
    keys: ["attn"],
    why: ({ now, architecture }) => whyNotSdpa(now, architecture),
    instead: () => ({ attn: "eager" }),
  },
  { keys: ["selective"], why: whyNotSelective, instead: () => ({ selective: "none" }) },
  { keys: ["actoffload"], why: whyNotOffloaded, instead: () => ({ actoffload: false }) },
  {
    keys: ["liger"],
    why: whyNotLiger,
    instead: () => ({ liger: false }),
  },
  { keys: ["lorakernels"], of: "all", why: whyNotLoraKernels, instead: () => ({ lorakernels: false }) },
  {
    keys: ["reentrant"],
    why: ({ choices, architecture, method }) => whyNotReentrant(choices, architecture, method),
    instead: ({ choices, architecture, method }) => ({
      reentrant: choices.ckpt && checkpointReentrance(choices, architecture, method).isReentrant,
    }),
  },
];

/** Rules for settings that change reserved memory only. */
const MEMORY_RULES: readonly Rule<HeldForMethod>[] = [
  { keys: ["alloc", "lengths"], why: ({ whyNotReplayed }) => whyNotReplayed?.() ?? null },
  {
    keys: ["lengths"],
    why: ({ now: { lengths, seq } }) =>
      typeof lengths === "number" && lengths > seq ? `has a mean above seq=${seq}` : null,
    instead: ({ now: { seq } }) => ({ lengths: seq }),
  },
];

/** Rules for the reference model, the teacher and generated completions. */
const OBJECTIVE_RULES: readonly Rule<HeldForMethod>[] = [
  {
    keys: ["ref"],
    of: "each",
    why: ({ choices, method }) => whyNotReference(choices, method),
    instead: ({ choices, method }) => ({ ref: defaultReference(choices, method) ?? "none" }),
    follows: (method) => `so ${method} has its own`,
  },
  {
    keys: ["teacher"],
    why: ({ teacher, architecture }) => {
      if (teacher === undefined || sharesVocabulary(teacher.architecture, architecture)) return null;
      const theirs = formatCount(teacher.architecture.vocab_size);
      const own = formatCount(architecture.vocab_size);
      return `has a vocabulary of ${theirs} and the student one of ${own}, and GKD compares them entry by entry`;
    },
    instead: ({ choices: { model } }) => ({ teacher: model.kind === "catalog" ? model.id : null }),
  },
  {
    keys: ["gensteps"],
    when: ({ now }) => isSet(now, "gensteps") || isSet(now, "generations"),
    why: ({ now }) =>
      stepsPerGeneration(now) === requestedStepsPerGeneration(now)
        ? null
        : "makes one completion in all, and TRL does not start with fewer than two of a prompt",
    instead: ({ now }) => ({ gensteps: stepsPerGeneration(now) }),
    value: ({ now }) => `${requestedStepsPerGeneration(now)}`,
  },
  {
    keys: ["generations"],
    why: ({ now }) =>
      completionsPerPrompt(now) === now.generations
        ? null
        : `does not divide the ${generatedRows(now) * now.gpus} of a generation (batch × gensteps × gpus), with which TRL does not start`,
    instead: ({ now }) => ({ generations: completionsPerPrompt(now) }),
  },
];

/** Rules that need the model, the GPU and the method, ordered by dependency. */
export const RULES: readonly Rule<HeldForMethod>[] = [
  ...DIVISION_RULES,
  ...BASE_RULES,
  ...ADAPTER_RULES,
  ...KERNEL_RULES,
  ...MEMORY_RULES,
  ...OBJECTIVE_RULES,
];
