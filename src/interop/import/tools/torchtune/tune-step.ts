import { askedUnknown } from "#interop/import/asked-unknown.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, type FieldRule, isNone, isOn, readAs, readFields } from "#interop/import/read-fields.ts";
import type { Plain, Source } from "#interop/import/source.ts";
import { takeFlag, takeNumber, wordOf } from "#interop/import/take.ts";
import { isOnField, isSet, readUnmodelled, type Unmodelled } from "#interop/import/unmodelled.ts";
import { takeDtype } from "#interop/import/tools/hugging-face/words.ts";
import { tuneDefault } from "./tune-method.ts";

const RECIPE = "recipes/full_finetune_distributed.py";

/** @see torchtune@bd2a0fc7:recipes/full_finetune_distributed.py (lines 235 to 240) */
const RULES: readonly FieldRule[] = [
  { field: "batch_size", key: "batch", take: takeNumber },
  { field: "gradient_accumulation_steps", key: "accum", take: takeNumber },
  {
    field: "enable_activation_offloading",
    key: "actoffload",
    take: takeFlag,
    otherwise: tuneDefault("0", `${RECIPE}:240`),
  },
];

/** Layers whole, some of them, or none. @see torchtune@bd2a0fc7:recipes/full_finetune_distributed.py (lines 656 to 667) */
const checkpointing = (source: Source): readonly Finding[] => {
  const otherwise = tuneDefault("0", `${RECIPE}:235`);
  const whole = readFields(source, [
    { field: "enable_activation_checkpointing", key: "ckpt", take: takeFlag, otherwise },
  ]);
  const mode = fieldOf(source, "ac_mode");
  const option = fieldOf(source, "ac_option");
  if (mode === undefined || wordOf(mode.value) !== "selective") return whole;
  return [
    ...whole,
    { kind: "read", field: mode, key: "ckpt", text: "1" },
    ...(option === undefined
      ? []
      : [{ kind: "read", field: option, key: "selective", text: wordOf(option.value) } as const]),
  ];
};

const NOT_CUT = "tokenizer.max_seq_len is not set: rows are as long as the data makes them.";

/** @see torchtune@bd2a0fc7:torchtune/models/llama3/_tokenizer.py:82 */
const length = (source: Source): readonly Finding[] => {
  const given = fieldOf(source, ["tokenizer.max_seq_len", "max_seq_len"]);
  // Of 0.1 and 0.2 each data set cut its own rows.
  const field = given !== undefined && isSet(given.value) ? given : (fieldOf(source, "dataset.max_seq_len") ?? given);
  if (field === undefined) return [{ kind: "assumed", key: "seq", text: "2048", sentence: NOT_CUT }];
  return isNone(field.value) ? [{ kind: "uncut", field }] : readAs(field, "seq", takeNumber(field.value));
};

const isPacked = (value: Plain): boolean =>
  Array.isArray(value)
    ? (value as readonly Plain[]).some((each) => isPacked(each))
    : typeof value === "object" && value !== null && "packed" in value && isOn(value["packed"]);

/** One data set, or a list of them. @see torchtune@bd2a0fc7:torchtune/datasets/_alpaca.py:24 */
const packing = (source: Source): readonly Finding[] => {
  const list = fieldOf(source, "dataset");
  if (list !== undefined)
    return [{ kind: "read", field: list, key: "packing", text: isPacked(list.value) ? "1" : "0" }];
  const otherwise = tuneDefault("0", "datasets/_alpaca.py:24");
  return readFields(source, [{ field: "dataset.packed", key: "packing", take: takeFlag, otherwise }]);
};

/** One type for all: parameters, adapters, products. */
const types = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "dtype");
  if (field === undefined || !isSet(field.value)) return [];
  const taken = takeDtype(field.value);
  if (taken !== "fp32") return readAs(field, "weights", taken);
  return (["weights", "adapters", "compute"] as const).map((key) => ({ kind: "read", field, key, text: taken }));
};

const COMPILED = "Layers that are compiled keep other tensors; they are counted op by op, the loss as it is compiled.";

const compiled = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "compile");
  if (field === undefined || !isOn(field.value)) return [];
  return [
    { kind: "read", field, key: "stack", text: "torchtune-compiled" },
    { kind: "not-modelled", field, sentence: COMPILED },
  ];
};

const OTHER_LOSS =
  "Another objective than plain fine-tuning has further forwards and models, none of which is counted.";

/** Chunks of logits, or all of them in one cross entropy. @see torchtune@bd2a0fc7:torchtune/modules/loss/ */
const loss = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "loss._component_");
  if (field === undefined) return [];
  const name = wordOf(field.value).split(".").at(-1) ?? "";
  if (/^(LinearCrossEntropyLoss|CEWithChunkedOutputLoss)$/.test(name))
    return [{ kind: "read", field, key: "loss", text: "chunked" }];
  if (name === "CrossEntropyLoss") return [{ kind: "read", field, key: "loss", text: "full" }];
  return [askedUnknown(field, ["objective", name], OTHER_LOSS)];
};

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: "quantizer._component_",
    when: isSet,
    sentence: "Weights that are quantised on trial in each forward keep more tensors.",
  },
  { field: "teacher_model._component_", when: isSet, sentence: "A teacher and its logits are not counted." },
  {
    field: ["kd_loss._component_", "kd_ratio"],
    when: isSet,
    sentence: "The loss against a teacher's logits is not counted.",
  },
  { field: "reward_and_value_model._component_", when: isSet, sentence: "Models that reward are not counted." },
  { field: ["grpo_samples", "forward_batch_size"], when: isSet, sentence: OTHER_LOSS },
  { field: "ref_checkpointer._component_", when: isSet, sentence: "A reference model is not counted." },
  {
    field: ["enable_fp8_training", "fp8_recipe_name"],
    when: isSet,
    sentence: "fp8 products keep other tensors than those that are counted here.",
  },
  { field: "use_flex", when: isOnField, sentence: "What flex attention keeps is not counted." },
  {
    field: ["model.image_size", "model.encoder_trainable"],
    when: isSet,
    sentence: "Images, and the tower that reads them, are not counted.",
  },
];

/** How a step runs, whatever it trains. */
export const readTuneStep = (source: Source): readonly Finding[] => [
  ...length(source),
  ...readFields(source, RULES),
  ...checkpointing(source),
  ...packing(source),
  ...types(source),
  ...loss(source),
  ...compiled(source),
  ...readUnmodelled(source, UNMODELLED),
];
