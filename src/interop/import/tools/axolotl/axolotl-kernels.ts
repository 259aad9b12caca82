import {
  type Finding,
  fieldOf,
  isOn,
  type Source,
  type SourceField,
  namesOf,
  quoted,
  wordOf,
  isOnField,
  isSet,
  readUnmodelled,
  type Unmodelled,
  readFields,
  numberOf,
  takeNumber,
  isPositive,
} from "#interop/import/source-fields.ts";
import { switchedOnField } from "#interop/import/fields/bitsandbytes.ts";
import type { ObjectiveId } from "#calc/model/objective.ts";
import { unknownFinding } from "#interop/import/named-model.ts";
import { type RunsTrl, withTrlNames } from "#interop/import/fields/trl-runs.ts";
import { countedObjective } from "#interop/import/fields/counted-objective.ts";
import {
  SIMPO_BY_CPO,
  cpoObjective,
  TRL_OBJECTIVE_DEFAULTS,
  readObjectiveFields,
} from "#interop/import/fields/objective-fields.ts";
import { readEvaluationOf, RESUMED_CHECKPOINT } from "#interop/import/fields/training-arguments.ts";

const pluginField = (source: Source, name: RegExp): SourceField | undefined => {
  const field = fieldOf(source, "plugins");
  return field !== undefined && field.value !== null && namesOf(field.value).some((each) => name.test(each))
    ? field
    : undefined;
};

/** Kernels that take the place of modules of a decoder. */
const KERNELS = [["liger_rope"], ["liger_rms_norm"], ["liger_glu_activation", "liger_swiglu"]] as const;

const IN_PART = "Some of Liger's kernels run, and some do not: they are counted all together.";

/** Liger's kernels, by its plugin and a field each. @see axolotl@067b021c:src/axolotl/integrations/liger/args.py */
const liger = (source: Source): readonly Finding[] => {
  const on = KERNELS.map((names) => fieldOf(source, names)).filter(
    (field) => field !== undefined && isOn(field.value),
  ) as SourceField[];
  const [first] = on;
  if (first === undefined) return [];
  return [
    ...on.map((field): Finding => ({ kind: "read", field, key: "liger", text: "1" })),
    ...(on.length < KERNELS.length ? [{ kind: "not-modelled", field: first, sentence: IN_PART } as const] : []),
  ];
};

const LOSSES = [
  ["liger_fused_linear_cross_entropy", "fused"],
  ["liger_cross_entropy", "inplace"],
] as const;

/** Liger's loss; its kernels alone leave the loss whole. */
const ligerLoss = (source: Source): readonly Finding[] => {
  const said = LOSSES.flatMap(([name, text]): readonly Finding[] => {
    const field = switchedOnField(source, name);
    return field === undefined ? [] : [{ kind: "read", field, key: "loss", text }];
  });
  if (said[0] !== undefined) return [said[0]];
  const isOnHere = liger(source).length > 0;
  const sentence = "Liger's kernels without one of its losses leave the logits whole.";
  return isOnHere ? [{ kind: "assumed", key: "loss", text: "full", sentence }] : [];
};

const OWN_FIELDS = /^liger_/;

const WITHOUT_PLUGIN = "Without its plugin it has no effect.";

/** Cut cross entropy is on as soon as its plugin is listed. @see axolotl@067b021c:src/axolotl/integrations/cut_cross_entropy/args.py:33 */
const cut = (source: Source): readonly Finding[] => {
  const plugin = pluginField(source, /CutCrossEntropyPlugin$/);
  const field = fieldOf(source, "cut_cross_entropy");
  if (plugin === undefined) return [];
  return field !== undefined && field.value !== null && !isOn(field.value)
    ? [{ kind: "ignored", field, sentence: "It is off." }]
    : [{ kind: "read", field: field ?? plugin, key: "loss", text: "fused" }];
};

const chunked = (source: Source): readonly Finding[] => {
  const field = switchedOnField(source, "chunked_cross_entropy");
  return field === undefined ? [] : [{ kind: "read", field, key: "loss", text: "chunked" }];
};

/** Which kernels take the place of modules and of the loss. */
export const readAxolotlKernels = (source: Source): readonly Finding[] => {
  const hasLiger = pluginField(source, /LigerPlugin$/) !== undefined;
  const idle = [...source.fields.values()].filter(({ path, value }) => OWN_FIELDS.test(path) && isOn(value));
  return [
    ...(hasLiger
      ? [...liger(source), ...ligerLoss(source)]
      : idle.map((field): Finding => ({ kind: "ignored", field, sentence: WITHOUT_PLUGIN }))),
    ...chunked(source),
    ...cut(source),
  ];
};

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

const BATCH = "eval_batch_size";
const NO_ROWS = "There is nothing to evaluate with: neither val_set_size nor test_datasets.";
const NEVER = "No evaluation is due: neither eval_steps, evals_per_epoch nor eval_strategy says when.";

/** What rows there are to evaluate with: a part of the training set, or a set of its own. */
const rowsOf = (source: Source): SourceField | undefined => {
  const part = fieldOf(source, "val_set_size");
  if (part !== undefined && isPositive(part.value)) return part;
  return [...source.fields.values()].find(({ path, value }) => /^test_datasets\b/.test(path) && isSet(value));
};

/** What says when an evaluation is due. */
const dueBy = (source: Source): SourceField | undefined => {
  const steps = ["eval_steps", "evals_per_epoch"].map((name) => fieldOf(source, name));
  const named = fieldOf(source, ["eval_strategy", "evaluation_strategy"]);
  return (
    steps.find((field) => field !== undefined && isPositive(field.value)) ??
    (named !== undefined && isSet(named.value) && /^(steps|epoch)$/.test(wordOf(named.value)) ? named : undefined)
  );
};

/** The batch where the file says none: that of training, which is 1 where it says none either. */
const asTrained = (source: Source): string => String(numberOf(fieldOf(source, "micro_batch_size")?.value) ?? 1);

/**
 * An evaluation is on where there are rows for it, and something says when it is due.
 *
 * @see axolotl@067b021c:src/axolotl/core/builders/base.py, _configure_save_and_eval_strategy; utils/config/__init__.py, normalize_config
 */
const evaluation = (source: Source): readonly Finding[] => {
  const [rows, due] = [rowsOf(source), dueBy(source)];
  if (rows === undefined || due === undefined) {
    const field = fieldOf(source, BATCH);
    return field === undefined ? [] : [{ kind: "ignored", field, sentence: rows === undefined ? NO_ROWS : NEVER }];
  }
  const sentence = "Axolotl evaluates with the batch of training (0.18, utils/config/__init__.py, normalize_config).";
  return [
    ...readEvaluationOf(source, [rows, due], { field: BATCH, otherwise: { text: asTrained(source), sentence } }),
    ...readFields(source, [{ field: "eval_sequence_len", key: "evalseq", take: takeNumber }]),
  ];
};

/** What a run does beside its steps: it evaluates, and goes on from a checkpoint. */
export const readAxolotlRun = (source: Source): readonly Finding[] => [
  ...evaluation(source),
  ...readFields(source, [RESUMED_CHECKPOINT]),
];

const IN_FP32 =
  "Neither bf16 nor fp16 is on: weights are loaded in fp32, and nothing runs under autocast (0.18, utils/config/__init__.py:158).";

/** The types of a run. `auto`, which holds where bf16 is not said, is what the card can do. @see axolotl@067b021c:src/axolotl/utils/config/__init__.py (lines 158 to 196), utils/schemas/config.py:559 */
export const readAxolotlTypes = (source: Source): readonly Finding[] => {
  const bf16 = fieldOf(source, "bf16");
  if (bf16 !== undefined && (isOn(bf16.value) || bf16.value === "full"))
    return [{ kind: "read", field: bf16, key: "compute", text: "bf16" }];
  const fp16 = switchedOnField(source, "fp16");
  if (fp16 !== undefined) return [{ kind: "read", field: fp16, key: "compute", text: "fp16" }];
  if (bf16 === undefined || wordOf(bf16.value) === "auto") return [];
  const pure = switchedOnField(source, "bfloat16") ?? switchedOnField(source, "float16");
  if (pure !== undefined)
    return [
      { kind: "read", field: pure, key: "compute", text: pure.path === "bfloat16" ? "bf16" : "fp16" },
      { kind: "read", field: pure, key: "autocast", text: "0" },
    ];
  return (["weights", "compute"] as const)
    .map((key): Finding => ({ kind: "assumed", field: bf16, key, text: "fp32", sentence: IN_FP32 }))
    .concat([{ kind: "assumed", field: bf16, key: "autocast", text: "0", sentence: IN_FP32 }]);
};
