// Axolotl's fields of kernels, loss, objective, evaluation, and types.

import {
  type Finding,
  fieldOf,
  isOn,
  type Source,
  type SourceField,
  namesOf,
  wordOf,
  isSet,
  readFields,
  numberOf,
  takeNumber,
  isPositive,
} from "#interop/import/source-fields.ts";
import { switchedOnField } from "#interop/import/fields/bitsandbytes.ts";
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
