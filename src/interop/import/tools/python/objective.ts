import type { ObjectiveId } from "#calc/model/objective.ts";
import { askedUnknown } from "#interop/import/asked-unknown.ts";
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
import { OF_TRL, readCounted, type UsualObjective } from "#interop/import/objective/read-counted.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { countedOf } from "#interop/import/tools/trl/trl-objective.ts";
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

/** What a code trains for, and its config's arguments. */
export type Objective = Readonly<{
  config: Source;
  configName: string;
  /** Whether the config is one of TRL's classes. */
  isOfTrl: boolean;
  objective: CalledObjective;
}>;

/** What a code trains for by the name of a class, in which call, and what that adds where it is not counted. */
export type CalledObjective = Readonly<{ name: string; field: SourceField | undefined; adds: string }>;

/** Of trainers of preferences, some of which older versions have in place of their configs. @see trl 0.11: trainer/dpo_trainer.py, `__init__` */
const OF_TRAINERS: readonly string[] = [
  "ref_model",
  "beta",
  "loss_type",
  "max_prompt_length",
  "precompute_ref_log_probs",
  "reward_funcs",
  "teacher_model",
];

/** The config of the trainer that a code ends in, and what its objective adds where it is not counted. */
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
      field: says ? field : undefined,
      adds: says ? `Headroom does not estimate ${word} yet: ${found[1]}.` : "",
    },
  };
};

/** The objective of a code that is counted. @param own the arguments of config and trainer together */
export const countedCall = (own: Source, { name, field }: CalledObjective): ObjectiveId | undefined =>
  field === undefined ? undefined : countedOf(own, name);

/** The objective of a code, and all that its arguments say of it; one that is not counted is said to change memory. */
export const readCalledObjective = (
  own: Source,
  called: CalledObjective,
  usual: UsualObjective = OF_TRL,
): readonly Finding[] => {
  const { field, adds } = called;
  const counted = countedCall(own, called);
  if (field === undefined) return [];
  if (counted === undefined) return [askedUnknown(field, ["objective", called.name.toLowerCase()], adds)];
  return [{ kind: "read", field, key: "objective", text: counted }, ...readCounted(own, counted, usual)];
};

/** Arguments of trainers that say something: how long rows are; of one that is counted what its config says in newer versions. */
export const saidByTrainers = (counted: ObjectiveId | undefined): readonly string[] => [
  "packing",
  "max_seq_length",
  "max_length",
  ...(counted === undefined ? [] : OF_TRAINERS),
];
