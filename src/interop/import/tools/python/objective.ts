import {
  classOf,
  DISTILLED,
  GENERATED,
  PREFERRED,
  REWARDED,
  TRL_OBJECTIVES,
  WITH_VALUES,
} from "#interop/import/class-names.ts";
import type { Finding } from "#interop/import/finding.ts";
import type { Source } from "#interop/import/source.ts";
import { argumentsOf, callField, callName } from "./called.ts";

const other = (names: readonly string[]): RegExp => classOf(names, "Config", "Trainer");

/** TRL's classes that train otherwise than on next tokens: where a code has two, the first takes more. */
const OBJECTIVES: readonly (readonly [RegExp, string])[] = [
  [other(GENERATED), "completions are generated, and a policy is trained on several of a prompt"],
  [other(PREFERRED), "pairs of answers go through the model together, some beside a second model"],
  [other(WITH_VALUES), "a value model and a reward model stand beside the policy"],
  [other(REWARDED), "a head of one number is trained instead of logits"],
  [other(DISTILLED), "a teacher model stands beside the model"],
];

/** What holds a trainer's arguments. */
export const CONFIGS = new RegExp(String.raw`^\w+Arguments$|${classOf(TRL_OBJECTIVES, "Config").source}`);

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
  const found = OBJECTIVES.find(([kind]) => callName(source, kind) !== undefined);
  const kind = found?.[0] ?? ARGUMENTS;
  const name = callName(source, kind) ?? "";
  const own = new RegExp(`^${name.replace(/(Config|Trainer)$/, "")}Config$`);
  const configKind = found !== undefined && callName(source, own) !== undefined ? own : ARGUMENTS;
  const config = argumentsOf(source, configKind);
  const field = callField(source, kind);
  const says = found !== undefined && field !== undefined;
  const word = name.replace(/(Config|Trainer)$/, "");
  const configName = callName(source, configKind) ?? "";
  return {
    config,
    configName,
    isOfTrl: configName.endsWith("Config"),
    objective: {
      name: word,
      findings: says ? [{ kind: "not-modelled", field, sentence: `${word}: ${found[1]}. ${WHOLE}.` }] : [],
    },
  };
};
