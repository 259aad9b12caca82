import type { Finding } from "#interop/import/finding.ts";
import type { Source } from "#interop/import/source.ts";
import { argumentsOf, callField, callName } from "./called.ts";

/** TRL's config classes, those that train otherwise than on next tokens first: where a code has two, they take more. */
const OBJECTIVES: readonly (readonly [RegExp, string])[] = [
  [/^(GRPO|RLOO)(Config|Trainer)$/, "completions are generated, and a policy is trained on several of a prompt"],
  [
    /^(DPO|KTO|BCO|CPO|ORPO|XPO|OnlineDPO|NashMD)(Config|Trainer)$/,
    "pairs of answers go through the model together, some beside a second model",
  ],
  [/^(PPO)(Config|Trainer)$/, "a value model and a reward model stand beside the policy"],
  [/^(Reward|PRM)(Config|Trainer)$/, "a head of one number is trained instead of logits"],
  [/^(GKD)(Config|Trainer)$/, "a teacher model stands beside the model"],
];

/** What holds a trainer's arguments. */
export const CONFIGS =
  /^(\w+Arguments|(SFT|DPO|GRPO|KTO|ORPO|CPO|RLOO|PPO|Reward|GKD|BCO|OnlineDPO|XPO|NashMD|PRM)Config)$/;

const ARGUMENTS = /^(SFTConfig|UnslothTrainingArguments|\w*TrainingArguments)$/;

/** What a code trains for: its config's arguments, and what of it is not modelled. */
export type Objective = Readonly<{
  config: Source;
  configName: string;
  /** Whether the config is one of TRL's classes. */
  isOfTrl: boolean;
  objective: Readonly<{ name: string; findings: readonly Finding[] }>;
}>;

const WHOLE = "A training step on next tokens is counted";

/** The config of the trainer that a code ends in, and what its objective adds that no key says. */
export const readObjective = (source: Source): Objective => {
  const other = OBJECTIVES.find(([kind]) => callName(source, kind) !== undefined);
  const kind = other?.[0] ?? ARGUMENTS;
  const name = callName(source, kind) ?? "";
  const own = new RegExp(`^${name.replace(/(Config|Trainer)$/, "")}Config$`);
  const configKind = other !== undefined && callName(source, own) !== undefined ? own : ARGUMENTS;
  const config = argumentsOf(source, configKind);
  const field = callField(source, kind);
  const says = other !== undefined && field !== undefined;
  const word = name.replace(/(Config|Trainer)$/, "");
  const configName = callName(source, configKind) ?? "";
  return {
    config,
    configName,
    isOfTrl: configName.endsWith("Config"),
    objective: {
      name: word,
      findings: says ? [{ kind: "not-modelled", field, sentence: `${word}: ${other[1]}. ${WHOLE}.` }] : [],
    },
  };
};
