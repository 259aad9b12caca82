import type { Finding } from "#interop/import/finding.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { numberOf, wordOf } from "#interop/import/take.ts";
import { isOnField, isPositive, isSet, readUnmodelled, type Unmodelled } from "#interop/import/unmodelled.ts";
import { readTrlLoss } from "./trl-loss.ts";
import { OTHER_OBJECTIVE } from "./trl-words.ts";

export const PREFERENCE =
  "A preference objective has further forwards, a reference model and rows in pairs, none of which is counted: a step of plain fine-tuning is.";
const ONLINE =
  "Generating, rewarding and the log-probabilities of a policy are not counted: a step of plain fine-tuning is.";
const DISTILLING = "A teacher and its logits are not counted.";

const preference = (field: string): Unmodelled => ({ field, when: isSet, sentence: PREFERENCE });
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

/** What the words of a command line say of the objective. */
const readCommand = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "command");
  return field !== undefined && OTHER_OBJECTIVE.test(wordOf(field.value))
    ? [{ kind: "not-modelled", field, sentence: PREFERENCE }]
    : [];
};

/** What a step trains for, where it is not plain fine-tuning. */
export const readTrlObjective = (source: Source): readonly Finding[] => [
  ...readCommand(source),
  ...readTrlLoss(source, PREFERENCE),
  ...readUnmodelled(source, OBJECTIVES),
  ...readUnmodelled(source, UNMODELLED),
];

/** How long a prompt and what is generated for it are together; undefined where nothing is generated. @see trl@f2cd5771:trl/trainer/grpo_config.py */
export const generatedLength = (source: Source): number | undefined => {
  const completion = numberOf(fieldOf(source, "max_completion_length")?.value ?? undefined);
  const prompt = numberOf(fieldOf(source, "max_prompt_length")?.value ?? undefined);
  return completion === undefined ? undefined : completion + (prompt ?? 0);
};
