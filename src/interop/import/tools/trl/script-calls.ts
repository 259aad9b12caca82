// Calls of trainers and configs in a Python script, and the objective that they train for.

import {
  type Finding,
  type Source,
  type SourceField,
  sectionOf,
  unknownFinding,
} from "#interop/import/source-fields.ts";
import {
  TRL_OBJECTIVES,
  classPattern,
  DISTILLED,
  GENERATED,
  PREFERRED,
  REWARDED,
  WITH_VALUES,
} from "#interop/import/fields/class-names.ts";
import { HARMLESS_ARGUMENTS } from "#interop/import/fields/harmless-arguments.ts";
import type { ObjectiveId } from "#calc/model/objective.ts";
import {
  TRL_OBJECTIVE_DEFAULTS,
  readObjectiveFields,
  type UsualObjective,
} from "#interop/import/fields/objective-fields.ts";
import { countedTrlObjective } from "./trl-objective.ts";

/** The calls of a code; no other file has any. */
const callsOf = ({ calls = [] }: Source): NonNullable<Source["calls"]> => calls;

/** The name of the first call of this kind. */
export const callName = (source: Source, kind: RegExp): string | undefined =>
  callsOf(source).find(({ name }) => kind.test(name))?.name;

/** The arguments of the first call of this kind, by their names; empty where there is none. */
export const argumentsOf = (source: Source, kind: RegExp): Source => {
  const name = callName(source, kind);
  return name === undefined ? { ...source, fields: new Map() } : sectionOf(source, name);
};

/** A call as a field, to say something of it. */
export const callField = (source: Source, kind: RegExp): SourceField | undefined => {
  const call = callsOf(source).find(({ name }) => kind.test(name));
  return call && { file: source.file, path: call.name, value: "…", line: call.line };
};

/** Fields of several calls as one; of the same name the first call's counts. */
export const mergedFields = (source: Source, parts: readonly Source[]): Source => ({
  ...source,
  fields: new Map([...parts].reverse().flatMap(({ fields }) => [...fields])),
});

const ANOTHER = "Another call of its kind is the training's, and counts.";

/** Arguments of calls of these kinds that are not the ones that count. */
export const otherCalls = (source: Source, kinds: readonly RegExp[], counting: readonly string[]): readonly Finding[] =>
  callsOf(source)
    .filter(({ name }) => {
      const kind = name.replace(/\(\d+\)$/, "");
      return !counting.includes(name) && (kind !== name || kinds.some((each) => each.test(kind)));
    })
    .flatMap(({ name }) => [...sectionOf(source, name).fields.values()])
    .map((field): Finding => ({ kind: "ignored", field, sentence: ANOTHER }));

/** What trainers are given beside their config: objects of the code. What says a key is none of them. */
export const objectsOfTrainers = (source: Source, saying: readonly string[]): readonly Finding[] =>
  callsOf(source)
    .filter(({ name }) => name.endsWith("Trainer"))
    .flatMap(({ name }) => [...sectionOf(source, name).fields])
    .flatMap(([name, field]): readonly Finding[] =>
      saying.includes(name)
        ? []
        : [{ kind: "ignored", field, sentence: "An object of the code, or how it makes rows." }],
    );

/** These names as arguments of each of these calls. */
export const harmlessOf = (calls: readonly string[], names: readonly string[]): readonly string[] =>
  calls.flatMap((call) => names.map((name) => `${call}.${name}`));

/** A trainer’s call; PatchDPOTrainer makes none. */
export const TRAINER_CALLS = /^(?!Patch)\w*Trainer$/;

const CONFIG_CALLS = [
  ...TRL_OBJECTIVES.map((name) => `${name}Config`),
  "TrainingArguments",
  "Seq2SeqTrainingArguments",
  "SentenceTransformerTrainingArguments",
  "UnslothTrainingArguments",
];

/** What TRL's configs have beside transformers', of data, of rewards and of how answers are drawn. @see trl@f2cd5771:trl/trainer */
const HARMLESS_TRL_ARGUMENTS: readonly string[] = [
  "dataset_text_field",
  "dataset_kwargs.",
  "dataset_kwargs",
  "model_init_kwargs.",
  "gradient_checkpointing_kwargs.",
  "batch_sampler",
  "prompts.",
  "dataset_num_proc",
  "dataset_batch_size",
  "chat_template_path",
  "eos_token",
  "pad_token",
  "truncation_mode",
  "shuffle_dataset",
  "pad_to_multiple_of",
  "packing_strategy",
  "eval_packing",
  "completion_only_loss",
  "assistant_only_loss",
  "skip_prepare_dataset",
  "neftune_noise_alpha",
  "beta",
  "loss_type",
  "label_pad_token_id",
  "desirable_weight",
  "undesirable_weight",
  "rpo_alpha",
  "simpo_gamma",
  "max_prompt_length",
  "max_completion_length",
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "repetition_penalty",
  "epsilon",
  "epsilon_high",
  "delta",
  "scale_rewards",
  "reward_weights",
  "num_iterations",
  "steps_per_generation",
  "generation_batch_size",
  "num_generations",
  "mask_truncated_completions",
  "importance_sampling_level",
  "log_completions",
  "num_completions_to_print",
  "use_vllm",
  "vllm_mode",
  "vllm_sampling_params",
  "vllm_gpu_memory_utilization",
  "vllm_importance_sampling_correction",
  "shuffle",
  "embedding_learning_rate",
  "model_init_kwargs",
  "center_rewards_coefficient",
  "remove_unused_columns",
];

/** Arguments of configs that change no memory of a step. */
export const HARMLESS_OF_SCRIPTS: readonly string[] = [
  ...harmlessOf(CONFIG_CALLS, [...HARMLESS_ARGUMENTS, ...HARMLESS_TRL_ARGUMENTS, "gradient_checkpointing"]),
  "tokenizer.max_length",
];

const other = (names: readonly string[]): RegExp => classPattern(names, "Config", "Trainer");

/** TRL's classes that train otherwise than on next tokens: where a code has two, the first takes more. */
const OBJECTIVES: readonly (readonly [RegExp, string])[] = [
  [other(GENERATED), "completions are generated, and a policy is trained on several of a prompt"],
  [other(PREFERRED), "pairs of answers go through the model together, some beside a second model"],
  [other(WITH_VALUES), "a value model and a reward model stand beside the policy"],
  [other(REWARDED), "a head of one number is trained instead of logits"],
  [other(DISTILLED), "a teacher model stands beside the model"],
];

/** What holds a trainer's arguments. */
export const TRAINER_CONFIGS = new RegExp(String.raw`^\w+Arguments$|${classPattern(TRL_OBJECTIVES, "Config").source}`);

const ARGUMENTS = /^(SFTConfig|UnslothTrainingArguments|\w*TrainingArguments)$/;

/** What a code trains for, and its config's arguments. */
type Objective = Readonly<{
  config: Source;
  configName: string;
  /** Whether the config is one of TRL's classes. */
  isOfTrl: boolean;
  objective: CalledObjective;
}>;

/** What a code trains for by the name of a class, in which call, and what that adds where it is not counted. */
type CalledObjective = Readonly<{ name: string; field: SourceField | undefined; adds: string }>;

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
export const countedObjectiveOfCalls = (own: Source, { name, field }: CalledObjective): ObjectiveId | undefined =>
  field === undefined ? undefined : countedTrlObjective(own, name);

/** The objective of a code, and all that its arguments say of it; one that is not counted is said to change memory. */
export const readCalledObjective = (
  own: Source,
  called: CalledObjective,
  usual: UsualObjective = TRL_OBJECTIVE_DEFAULTS,
): readonly Finding[] => {
  const { field, adds } = called;
  const counted = countedObjectiveOfCalls(own, called);
  if (field === undefined) return [];
  if (counted === undefined) return [unknownFinding(field, ["objective", called.name.toLowerCase()], adds)];
  return [{ kind: "read", field, key: "objective", text: counted }, ...readObjectiveFields(own, counted, usual)];
};

/** Arguments of trainers that say something: how long rows are; of one that is counted what its config says in newer versions. */
export const trainerArgumentFields = (counted: ObjectiveId | undefined): readonly string[] => [
  "packing",
  "max_seq_length",
  "max_length",
  ...(counted === undefined ? [] : OF_TRAINERS),
];
