import { hasDropout, isUnquantized, learnsPrompt } from "#calc/model/tuner-id.ts";
import type { Quantization } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { adaptsFused } from "#scenario/choices/adapts-fused.ts";
import { askedAdapters } from "#scenario/choices/asked-adapters.ts";
import { chosenQuantization } from "#scenario/choices/chosen-quantization.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { HeldForMethod, Rule } from "./rule.ts";

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
  const { method, modelling } = askedAdapters(choices, architecture, choices.tuner);
  return ENGINE.whyNotTuner({ architecture, lora: method.lora, modelling, quantization, tp_size: now.tp });
};

const whyNotQuantized = (held: HeldForMethod): string | null =>
  isUnquantized(held.choices.tuner)
    ? "has nothing in PEFT for a quantised base"
    : whyNotTuner(held, chosenQuantization(held.choices));

/** Rules for the tuner, its options and its target modules. */
export const ADAPTER_RULES: readonly Rule<HeldForMethod>[] = [
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
    why: ({ choices, architecture }) => (adaptsFused(choices, architecture, "lora") ? BESIDE_FUSED : null),
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
      return adaptsFused(choices, architecture, tuner) ? BESIDE_FUSED : null;
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
    why: ({ now, architecture }) => ENGINE.wholeTargets(askedAdapters(now, architecture, now.tuner))?.why ?? null,
    instead: ({ now, architecture }) => {
      const names = ENGINE.wholeTargets(askedAdapters(now, architecture, now.tuner))?.names ?? [];
      return { targets: names.length === 0 ? "all-linear" : names };
    },
    follows: (method) => `so ${method} has others`,
  },
];
