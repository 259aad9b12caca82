// Class names of TRL's trainers and PEFT's tuners as they occur in scripts.

import { OTHERS } from "#interop/import/named-model.ts";

/** Those that train otherwise than on next tokens, in groups that take alike; where a code has two, the first takes more. */
export const [GENERATED, PREFERRED, WITH_VALUES, REWARDED, DISTILLED] = OTHERS;

/** All of them. */
export const TRL_OBJECTIVES: readonly string[] = ["SFT", ...OTHERS.flat()];

/** PEFT's tuners as their configs are called: `LoraConfig`. @see peft@5d602fdb:src/peft/tuners/ */
export const PEFT_TUNERS: readonly string[] =
  "Lora IA3 Vera OFT LoHa LoKr AdaLora VBLoRA PromptTuning PrefixTuning PromptEncoder BOFT HRA FourierFT RandLora Bone Miss XLora".split(
    " ",
  );

/** A class of one of these names, with what ends it: `(SFT|DPO)(Config|Trainer)`. */
export const classPattern = (names: readonly string[], ...ends: readonly string[]): RegExp =>
  new RegExp(`^(?:${names.join("|")})(?:${ends.join("|")})$`);
