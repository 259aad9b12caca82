import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { namesOf, wordOf } from "#interop/import/take.ts";
import { isSet } from "#interop/import/unmodelled.ts";
import { objectiveWord } from "./trl-words.ts";

/** What a run of TRL trains for, and what says so. */
export type NamedObjective = Readonly<{
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
export const namedObjective = (source: Source): NamedObjective | undefined => {
  const command = source.startedBy ?? fieldOf(source, "command");
  const word = command && objectiveWord(wordOf(command.value));
  if (word === "sft") return undefined;
  if (command !== undefined && word !== undefined) return { name: word, field: command, by: "command" };
  return byField(source) ?? byLoss(source) ?? byShared(source);
};
