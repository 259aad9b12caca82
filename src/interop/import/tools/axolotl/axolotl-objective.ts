// Objective of an Axolotl file: SFT, DPO, KTO, ORPO, GRPO and their fields.

import {
  type Finding,
  fieldOf,
  type Source,
  quoted,
  wordOf,
  isOnField,
  isSet,
  readUnmodelled,
  type Unmodelled,
  unknownFinding,
} from "#interop/import/source-fields.ts";
import { switchedOnField } from "#interop/import/fields/bitsandbytes.ts";
import type { ObjectiveId } from "#calc/model/objective.ts";
import { type RunsTrl, withTrlNames } from "#interop/import/fields/trl-runs.ts";
import { countedObjective } from "#interop/import/fields/counted-objective.ts";
import {
  SIMPO_BY_CPO,
  cpoObjective,
  TRL_OBJECTIVE_DEFAULTS,
  readObjectiveFields,
} from "#interop/import/fields/objective-fields.ts";

const PREFERENCE =
  "Another objective than plain fine-tuning has further forwards and models, none of which is counted.";

const UNCOUNTED: readonly Unmodelled[] = [
  { field: "rl", when: isSet, sentence: PREFERENCE },
  { field: ["rl_beta", "dpo_beta"], when: isSet, sentence: PREFERENCE },
  {
    field: ["reward_model", "precompute_ref_log_probs"],
    when: isOnField,
    sentence: PREFERENCE,
  },
];

/** @see axolotl@067b021c:src/axolotl/core/builders/rl.py, _build_training_arguments; core/trainers/dpo/__init__.py, core/trainers/grpo/__init__.py */
const NAMES = {
  beta: ["trl.beta", "rl_beta", "dpo_beta"],
  loss_type: ["dpo_loss_type", "trl.loss_type"],
  loss_weights: "dpo_loss_weights",
  label_smoothing: "dpo_label_smoothing",
  use_weighting: "dpo_use_weighting",
  use_liger_loss: ["dpo_use_liger_kernel", "trl.use_liger_loss"],
  rpo_alpha: "rpo_alpha",
  cpo_alpha: "cpo_alpha",
  simpo_gamma: "simpo_gamma",
  alpha: "orpo_alpha",
  desirable_weight: "kto_desirable_weight",
  undesirable_weight: "kto_undesirable_weight",
  center_rewards_coefficient: "center_rewards_coefficient",
  precompute_ref_log_probs: "precompute_ref_log_probs",
  sync_ref_model: "trl.sync_ref_model",
  max_completion_length: "trl.max_completion_length",
  num_generations: "trl.num_generations",
  generation_batch_size: "trl.generation_batch_size",
  num_iterations: "trl.num_iterations",
  use_vllm: "trl.use_vllm",
  vllm_mode: "trl.vllm_mode",
  vllm_enable_sleep_mode: "trl.vllm_enable_sleep_mode",
  vllm_gpu_memory_utilization: "vllm.gpu_memory_utilization",
  vllm_tensor_parallel_size: "vllm.tensor_parallel_size",
  reward_funcs: "trl.reward_funcs",
};

/** SimPO is CPO's trainer here. @see axolotl@067b021c:src/axolotl/core/builders/rl.py, _get_trainer_cls */
const countedOf = (source: Source, name: string): ObjectiveId | undefined =>
  name === "simpo" ? countedObjective(cpoObjective(source)) : countedObjective(name);

const named = (source: Source) => {
  const rl = fieldOf(source, "rl");
  if (rl !== undefined && isSet(rl.value)) return { field: rl, name: wordOf(rl.value) };
  const reward = switchedOnField(source, "reward_model");
  return reward && { field: reward, name: "reward" };
};

/** What a run trains for, as far as that is counted. */
export const axolotlObjective = (source: Source): ObjectiveId | undefined => {
  const what = named(source);
  return what && countedOf(source, what.name);
};

/** With adapters the policy without them is the reference, unless this is on. @see axolotl@067b021c:src/axolotl/train.py, setup_reference_model */
const readCopy = (source: Source): readonly Finding[] => {
  const field = switchedOnField(source, "rl_adapter_ref_model");
  return field === undefined ? [] : [{ kind: "read", field, key: "ref", text: "copy" }];
};

/** What a run trains for, and what its fields say of it; of another objective that it changes memory. */
export const readAxolotlObjective = (source: Source): readonly Finding[] => {
  const what = named(source);
  const objective = axolotlObjective(source);
  if (what === undefined) return readUnmodelled(source, UNCOUNTED);
  if (objective === undefined) {
    const sentence = `Headroom does not estimate the objective ${quoted(what.name)}.`;
    return [
      unknownFinding(what.field, ["objective", what.name], sentence),
      ...readUnmodelled(source, UNCOUNTED.slice(1)),
    ];
  }
  return [
    { kind: "read", field: what.field, key: "objective", text: objective },
    ...(what.name === "simpo" && objective === "cpo" ? [SIMPO_BY_CPO] : []),
    ...readCopy(source),
    ...readObjectiveFields(withTrlNames(source, NAMES), objective, {
      completion: TRL_OBJECTIVE_DEFAULTS.completion,
      beta: TRL_OBJECTIVE_DEFAULTS.beta,
    }),
  ];
};

/** @see axolotl 0.18.0, whose requirements have trl 1.8.0 */
export const AXOLOTL_RUNS: RunsTrl = {
  tool: "Axolotl",
  stack: "axolotl",
  runs: "Axolotl 0.18 runs TRL 1.8's trainers, with whole logits",
  without: "without Axolotl's kernels",
  isWhole: true,
};
