/** No name of a model or a file has more characters. */
export const LONGEST_NAME = 500;

/** The last part of "owner/name", or of a path, whatever ends it. */
export const ownName = (path: string): string =>
  path
    .trim()
    .split(/[/\\]/)
    .findLast((part) => part !== "") ?? path;

/** TRL's objectives as its classes are called: `SFTConfig`, `GRPOTrainer`. @see trl@f2cd5771:trl/trainer/, trl/experimental/ */
const OTHERS = [
  ["GRPO", "RLOO"],
  ["DPO", "KTO", "BCO", "CPO", "ORPO", "XPO", "OnlineDPO", "NashMD"],
  ["PPO"],
  ["Reward", "PRM"],
  ["GKD"],
] as const;

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
export const classOf = (names: readonly string[], ...ends: readonly string[]): RegExp =>
  new RegExp(`^(?:${names.join("|")})(?:${ends.join("|")})$`);
