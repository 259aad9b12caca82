// Objective of a TRL run by its command or fields, its loss, and the TRL version that it implies.

import {
  fieldOf,
  type Source,
  type SourceField,
  namesOf,
  wordOf,
  isSet,
  type Finding,
  isOn,
  readFields,
  takeWord,
  isOnField,
  isPositive,
  readUnmodelled,
  type Unmodelled,
  unknownFinding,
} from "#interop/import/source-fields.ts";
import { objectiveWord } from "./trl-method.ts";
import { type ObjectiveId, OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { supportsObjective } from "#catalog/library-objectives.ts";
import { countedObjective } from "#interop/import/fields/counted-objective.ts";
import {
  cpoObjective,
  LIGERS_LOSS,
  TRL_OBJECTIVE_DEFAULTS,
  readObjectiveFields,
} from "#interop/import/fields/objective-fields.ts";
import { readTeacher, type Student } from "#interop/import/fields/teacher.ts";

/** What a run of TRL trains for, and what says so. */
type NamedObjective = Readonly<{
  /** As TRL's trainers are called, in lower case. */
  name: string;
  field: SourceField;
  /** How it follows from the field: the words of a command say it; a config has the field; or more than one has. */
  by: "command" | "own" | "shared";
}>;

/** Fields that one config alone has, or some that are counted alike, those first whose configs have the fields of others, too. @see trl@f2cd5771:trl/trainer/, trl/experimental/ */
const OWN: readonly (readonly [name: string, fields: string])[] = [
  ["gkd", "teacher_model_name_or_path lmbda"],
  ["ppo", "response_length sft_model_path local_rollout_forward_batch_size num_ppo_epochs reward_model_path"],
  [
    "grpo",
    "num_generations reward_funcs reward_model_name_or_path steps_per_generation generation_batch_size num_iterations use_vllm vllm_mode vllm_gpu_memory_utilization",
  ],
  ["cpo", "cpo_alpha simpo_gamma"],
  ["simpo", "gamma_beta_ratio"],
  ["kto", "desirable_weight undesirable_weight"],
  ["reward", "center_rewards_coefficient"],
  ["dpo", "rpo_alpha f_divergence_type ld_alpha use_weighting loss_weights"],
];

/** Losses by their names. Those of DPO are others' as well, whose fields come first. */
const BY_LOSS: readonly (readonly [name: string, losses: RegExp])[] = [
  ["kto", /^(kto|apo_zero_unpaired)$/],
  ["cpo", /^simpo$/],
  ["grpo", /^(grpo|bnpo|dr_grpo|dapo)$/],
  [
    "dpo",
    /^(sigmoid|sigmoid_norm|hinge|ipo|exo_pair|nca_pair|robust|bco_pair|sppo_hard|aot|aot_pair|aot_unpaired|apo_zero|apo_down|discopop)$/,
  ],
];

/** Fields that several configs have. Prompts and completions alone are cut for GRPO. */
const SHARED: readonly string[] = [
  "precompute_ref_log_probs",
  "ref_model_name_or_path",
  "ref_model_init_kwargs",
  "force_use_ref_model",
  "sync_ref_model",
  "beta",
  "max_completion_length",
  "max_prompt_length",
];

/** Where people write what a run is: names of folders and of what is reported. */
const TITLES: readonly string[] = ["output_dir", "hub_model_id", "run_name", "dataset_name"];

const IN_TITLE = /(?:^|[^a-z])(orpo|cpo|simpo|kto|grpo|dpo)(?:[^a-z]|$)/i;

const inTitles = (source: Source): string | undefined =>
  TITLES.map((name) => IN_TITLE.exec(wordOf(fieldOf(source, name)?.value ?? ""))?.[1]?.toLowerCase()).find(
    (found) => found !== undefined,
  );

const byField = (source: Source): NamedObjective | undefined => {
  for (const [name, fields] of OWN) {
    const field = fields
      .split(" ")
      .map((each) => fieldOf(source, each))
      .find((each) => each !== undefined && isSet(each.value));
    if (field !== undefined) return { name, field, by: "own" };
  }
  return undefined;
};

const byLoss = (source: Source): NamedObjective | undefined => {
  const field = fieldOf(source, "loss_type");
  const names = field === undefined || field.value === null ? [] : namesOf(field.value);
  const name = BY_LOSS.find(([, losses]) => names.some((each) => losses.test(each)))?.[0];
  return field === undefined || name === undefined ? undefined : { name, field, by: "own" };
};

const byShared = (source: Source): NamedObjective | undefined => {
  const field = SHARED.map((name) => fieldOf(source, name)).find((each) => each !== undefined && isSet(each.value));
  if (field === undefined) return undefined;
  const usual = field.path === "max_completion_length" ? "grpo" : "dpo";
  return { name: inTitles(source) ?? usual, field, by: "shared" };
};

/** What a run trains for, where it is not plain fine-tuning: by the command that starts it, else by its fields. */
const namedObjective = (source: Source): NamedObjective | undefined => {
  const command = source.startedBy ?? fieldOf(source, "command");
  const word = command && objectiveWord(wordOf(command.value));
  if (word === "sft") return undefined;
  if (command !== undefined && word !== undefined) return { name: word, field: command, by: "command" };
  return byField(source) ?? byLoss(source) ?? byShared(source);
};

/** Losses of plain fine-tuning. @see trl@f2cd5771:trl/trainer/sft_config.py:283 */
const SFT_LOSSES = takeWord({ nll: "full", chunked_nll: "fused" });

const LIGERS = "With Liger's kernels the loss is theirs.";

/**
 * Preference losses have names of their own; Liger's loss takes the place of the plain one.
 *
 * @param preference what is said of them
 * @see trl@f2cd5771:trl/trainer/sft_config.py:283
 */
export const readTrlLoss = (source: Source, preference: string): readonly Finding[] => {
  const field = fieldOf(source, "loss_type");
  if (field === undefined || field.value === null) return [];
  const word = wordOf(field.value);
  if (word === "nll" || word === "chunked_nll")
    return isOn(fieldOf(source, ["use_liger_kernel", "use_liger"])?.value)
      ? [{ kind: "ignored", field, sentence: LIGERS }]
      : readFields(source, [{ field: "loss_type", key: "loss", take: SFT_LOSSES }]);
  const sentence = word === "dft" ? "What this loss keeps is not known here." : preference;
  return [{ kind: "not-modelled", field, sentence }];
};

export const PREFERENCE_CHANGE =
  "A preference objective has further forwards, a reference model and rows in pairs, none of which is counted: a step of plain fine-tuning is.";
const ONLINE =
  "Generating, rewarding and the log-probabilities of a policy are not counted: a step of plain fine-tuning is.";
const DISTILLING = "A teacher and its logits are not counted.";

const preference = (field: string): Unmodelled => ({ field, when: isSet, sentence: PREFERENCE_CHANGE });
const online = (field: string): Unmodelled => ({ field, when: isSet, sentence: ONLINE });
const distilling = (field: string): Unmodelled => ({ field, when: isSet, sentence: DISTILLING });

/** Fields that only other objectives than plain fine-tuning have. @see trl@f2cd5771:trl/trainer/dpo_config.py, kto_config.py, grpo_config.py */
const OBJECTIVES: readonly Unmodelled[] = [
  ...["beta", "ref_model_name_or_path", "ref_model_init_kwargs", "desirable_weight", "undesirable_weight"].map(
    preference,
  ),
  ...[
    "max_prompt_length",
    "rpo_alpha",
    "cpo_alpha",
    "simpo_gamma",
    "gamma_beta_ratio",
    "precompute_ref_log_probs",
    "sync_ref_model",
  ].map(preference),
  ...[
    "loss_weights",
    "f_divergence_type",
    "ld_alpha",
    "use_weighting",
    "force_use_ref_model",
    "center_rewards_coefficient",
  ].map(preference),
  ...["num_generations", "max_completion_length", "reward_funcs", "reward_model_path", "reward_model_name_or_path"].map(
    online,
  ),
  ...["use_vllm", "vllm_mode", "vllm_gpu_memory_utilization", "steps_per_generation", "generation_batch_size"].map(
    online,
  ),
  ...["response_length", "sft_model_path", "local_rollout_forward_batch_size", "num_ppo_epochs", "num_iterations"].map(
    online,
  ),
  ...["teacher_model_name_or_path", "lmbda"].map(distilling),
];

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: "router_aux_loss_coef",
    when: isPositive,
    sentence: "Logits of routers, kept for their loss, are not counted.",
  },
  {
    field: "spectrum_config_path",
    when: isSet,
    sentence: "Spectrum trains the parameters that a file names: all are counted as trained, which is more.",
  },
  { field: "cast_lm_head_to_fp32", when: isOnField, sentence: "A head in fp32 is not counted." },
];

/** Fields that configs of DPO had before TRL's head and loss were one. @see trl 0.24: trainer/dpo_config.py */
const OF_OLDER: readonly string[] = [
  "max_prompt_length",
  "max_completion_length",
  "rpo_alpha",
  "reference_free",
  "label_pad_token_id",
  "padding_value",
  "is_encoder_decoder",
  "model_adapter_name",
  "ref_adapter_name",
  "force_use_ref_model",
  "use_logits_to_keep",
  "generate_during_eval",
];

const OLDER = "A field of its config that TRL has no more: logits are whole, as up to TRL 1.14.";
const CURRENT = "Counted as TRL 1.15 and later: up to 1.14 its logits are whole, which stack=trl-1.14 counts.";

/** Which version of TRL is counted: a field that only older ones have is of one with whole logits. */
export const readTrlVersion = (source: Source, objective: ObjectiveId): readonly Finding[] => {
  if (!supportsObjective("trl-1.14", objective) || OBJECTIVE_TRAITS[objective].wholeLogits === true) return [];
  const field = OF_OLDER.map((name) => fieldOf(source, name)).find((each) => each !== undefined);
  if (field === undefined) return [{ kind: "filled", key: "stack", sentence: CURRENT }];
  // Up to 1.14 the switch of Liger's kernels brings its loss on pairs.
  const liger = fieldOf(source, "use_liger_kernel");
  return [
    { kind: "assumed", key: "stack", text: "trl-1.14", sentence: OLDER, field },
    ...(liger !== undefined && isOn(liger.value)
      ? [{ kind: "not-modelled", field: liger, sentence: LIGERS_LOSS } as const]
      : []),
  ];
};

/** The objective that is counted, by the name of a trainer; CPO's trainer has two. */
export const countedTrlObjective = (source: Source, name: string): ObjectiveId | undefined => {
  const id = countedObjective(name);
  return id === "cpo" ? cpoObjective(source) : id;
};

const NO_FIELD = "Several configs have this field, and no other says which it is.";

/** The finding that says it. */
const saying = ({ name, field, by }: NamedObjective, objective: ObjectiveId): Finding => {
  if (by === "command") return { kind: "read", field, key: "objective", text: objective };
  const sentence = by === "own" ? `It is a field of ${name.toUpperCase()}.` : NO_FIELD;
  return { kind: "assumed", field, key: "objective", text: objective, sentence };
};

/** A run of TRL on next tokens, or for an objective that is not counted: its fields change memory in ways that no key says. */
const readUncounted = (source: Source, named: NamedObjective | undefined): readonly Finding[] => [
  ...(named === undefined
    ? []
    : [
        unknownFinding(
          named.field,
          ["objective", named.name],
          `Headroom does not estimate ${named.name.toUpperCase()} yet.`,
        ),
      ]),
  ...readTrlLoss(source, PREFERENCE_CHANGE),
  ...readUnmodelled(source, OBJECTIVES),
];

/** What a step trains for, where it is not plain fine-tuning, and how long its rows are. `isCounted`: these findings say the length. */
export const readTrlObjective = (
  source: Source,
  student: Student,
): Readonly<{ isCounted: boolean; findings: readonly Finding[] }> => {
  const named = namedObjective(source);
  const objective = named && countedTrlObjective(source, named.name);
  const own =
    named === undefined || objective === undefined
      ? readUncounted(source, named)
      : [
          saying(named, objective),
          ...readTrlVersion(source, objective),
          ...readObjectiveFields(source, objective, TRL_OBJECTIVE_DEFAULTS),
          ...readTeacher(source, objective, student),
        ];
  return { isCounted: objective !== undefined, findings: [...own, ...readUnmodelled(source, UNMODELLED)] };
};
