// torchtune's fields of model builder, method, rows, checkpointing, and loss; references between fields.

import { ownValue } from "#calc/base/guards.ts";
import {
  unknownFinding,
  defaultsOf,
  type Finding,
  fieldOf,
  type FieldRule,
  isOn,
  readFields,
  type Source,
  type SourceField,
  namesOf,
  quoted,
  takeFlag,
  takeNumber,
  wordOf,
  isOnField,
  readUnmodelled,
  type Unmodelled,
  isNone,
  readAs,
  type PlainValue,
  isSet,
} from "#interop/import/source-fields.ts";
import { takeDtype } from "#interop/import/fields/field-values.ts";

/** Models by the names of torchtune's builders, without `lora_`, `qlora_`, `_base` and `_instruct`. @see torchtune@bd2a0fc7:torchtune/models/ */
export const BUILDERS: Readonly<Record<string, string>> = {
  gemma_2b: "gemma-2b",
  gemma_7b: "gemma-7b",
  gemma2_2b: "gemma-2-2b",
  gemma2_9b: "gemma-2-9b",
  gemma2_27b: "gemma-2-27b",
  llama2_7b: "llama-2-7b",
  llama2_13b: "llama-2-13b",
  llama2_70b: "llama-2-70b",
  llama3_8b: "llama-3-8b",
  llama3_70b: "llama-3-70b",
  llama3_1_8b: "llama-3.1-8b",
  llama3_1_70b: "llama-3.1-70b",
  llama3_1_405b: "llama-3.1-405b",
  llama3_2_1b: "llama-3.2-1b",
  llama3_2_3b: "llama-3.2-3b",
  llama3_3_70b: "llama-3.3-70b",
  llama4_scout_17b_16e: "llama-4-scout",
  llama4_maverick_17b_128e: "llama-4-maverick",
  mistral_7b: "mistral-7b-v0.1",
  phi3_mini: "phi-3-mini-4k",
  phi4_14b: "phi-4",
  qwen2_0_5b: "qwen2-0.5b",
  qwen2_1_5b: "qwen2-1.5b",
  qwen2_7b: "qwen2-7b",
  qwen2_5_0_5b: "qwen2.5-0.5b",
  qwen2_5_1_5b: "qwen2.5-1.5b",
  qwen2_5_3b: "qwen2.5-3b",
  qwen2_5_7b: "qwen2.5-7b",
  qwen2_5_14b: "qwen2.5-14b",
  qwen2_5_32b: "qwen2.5-32b",
  qwen2_5_72b: "qwen2.5-72b",
  qwen3_0_6b: "qwen3-0.6b",
  qwen3_1_7b: "qwen3-1.7b",
  qwen3_4b: "qwen3-4b",
  qwen3_8b: "qwen3-8b",
  qwen3_14b: "qwen3-14b",
  qwen3_32b: "qwen3-32b",
  smollm2_135m: "smollm2-135m",
  smollm2_360m: "smollm2-360m",
  smollm2_1_7b: "smollm2-1.7b",
};

/** Defaults stand in torchtune@bd2a0fc7. */
const tuneDefault = defaultsOf("torchtune's default (0.6, *).");

const MODEL = ["model._component_", "policy_model._component_"];

const lastWord = (component: string): string => component.split(".").at(-1) ?? component;

/** A builder's own name: "qlora_llama3_8b". */
export const builderOf = (source: Source): string => lastWord(wordOf(fieldOf(source, MODEL)?.value ?? ""));

const bare = (builder: string): string => builder.replace(/^q?lora_/, "").replace(/_(base|instruct)$/, "");

export const readBuilder = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, MODEL);
  if (field === undefined) return [];
  const id = ownValue(BUILDERS, bare(builderOf(source)));
  return id === undefined
    ? [unknownFinding(field, "model", `${quoted(field.value)} builds no model of the catalog.`)]
    : [{ kind: "read", field, key: "model", text: id }];
};

const inModel = (name: string): readonly string[] => [`model.${name}`, `policy_model.${name}`];

const BUILDER = "models/llama3_1/_model_builders.py";

const ADAPTER: readonly FieldRule[] = [
  { field: inModel("lora_rank"), key: "r", take: takeNumber, otherwise: tuneDefault("8", `${BUILDER}:87`) },
  { field: inModel("lora_alpha"), key: "alpha", take: takeNumber, otherwise: tuneDefault("16", `${BUILDER}:88`) },
  { field: inModel("lora_dropout"), key: "dropout", take: takeNumber, otherwise: tuneDefault("0", `${BUILDER}:89`) },
  { field: inModel("use_dora"), key: "dora", take: takeFlag },
];

/** The linears as most checkpoints name them; Phi's have theirs fused. */
const NAMES: Readonly<Record<string, string>> = { output_proj: "o_proj" };
const FUSED: Readonly<Record<string, string>> = {
  q_proj: "qkv_proj",
  k_proj: "qkv_proj",
  v_proj: "qkv_proj",
  output_proj: "o_proj",
};
const MLP = ["gate_proj", "up_proj", "down_proj"];
const FUSED_MLP = ["gate_up_proj", "down_proj"];

const APART =
  "torchtune has queries, keys and values of this model apart; they are counted as the one matrix of its checkpoint.";

/** Attention's linears one by one, those of the MLP together. @see torchtune@bd2a0fc7:torchtune/models/llama3_1/_model_builders.py (lines 83 to 86) */
const targets = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, inModel("lora_attn_modules"));
  if (field === undefined || field.value === null) return [];
  const isFused = /phi[34]_/.test(builderOf(source));
  const names = isFused ? FUSED : NAMES;
  const mlp = fieldOf(source, inModel("apply_lora_to_mlp"));
  const hasMlp = mlp !== undefined && isOn(mlp.value);
  const all = [
    ...namesOf(field.value).map((name) => ownValue(names, name) ?? name),
    ...(hasMlp ? (isFused ? FUSED_MLP : MLP) : []),
  ];
  const text = [...new Set(all)].join(",");
  return [
    { kind: "read", field, key: "targets", text },
    ...(hasMlp ? [{ kind: "read", field: mlp, key: "targets", text } as const] : []),
    ...(isFused ? [{ kind: "not-modelled", field, sentence: APART } as const] : []),
  ];
};

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: inModel("apply_lora_to_output"),
    when: isOnField,
    sentence: "An adapter on the head is not counted.",
  },
];

/** NF4 under double quantization, the bytes of torchao's. @see torchtune@bd2a0fc7:torchtune/models/llama3_1/_model_builders.py:91, 250 */
const packed = (field: SourceField): readonly Finding[] => [
  { kind: "read", field, key: "method", text: "qlora" },
  { kind: "read", field, key: "quant", text: "nf4" },
  { kind: "read", field, key: "dq", text: "1" },
];

/** What is trained, by the builder of the model. */
export const readTuneMethod = (source: Source): readonly Finding[] => {
  const model = fieldOf(source, MODEL);
  if (model === undefined) return [];
  const builder = builderOf(source);
  if (!/^q?lora_/.test(builder)) return [{ kind: "read", field: model, key: "method", text: "full" }];
  const base = fieldOf(source, inModel("quantize_base"));
  return [
    { kind: "read", field: model, key: "method", text: "lora" },
    ...(builder.startsWith("qlora_") ? packed(model) : []),
    ...(base !== undefined && isOn(base.value) ? packed(base) : []),
    ...readFields(source, ADAPTER),
    ...targets(source),
    ...readUnmodelled(source, UNMODELLED),
  ];
};

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

const isPacked = (value: PlainValue): boolean =>
  Array.isArray(value)
    ? (value as readonly PlainValue[]).some((each) => isPacked(each))
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
  return [unknownFinding(field, ["objective", name], OTHER_LOSS)];
};

const UNMODELED_STEP_FIELDS: readonly Unmodelled[] = [
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
  ...readUnmodelled(source, UNMODELED_STEP_FIELDS),
];

/** A value that is another field's: "${batch_size}". */
const REFERENCE = /^\$\{([\w.]+)\}$/;

/** How far a reference is followed. */
const FURTHEST = 8;

const followed = (value: PlainValue, fields: ReadonlyMap<string, SourceField>, steps: number): PlainValue => {
  const name = typeof value === "string" ? REFERENCE.exec(value)?.[1] : undefined;
  const next = name === undefined ? undefined : fields.get(name);
  return next === undefined || steps === 0 ? value : followed(next.value, fields, steps - 1);
};

/** A file of OmegaConf with its references to other fields filled in. Text around a reference stays as it is. */
export const withResolvedReferences = (source: Source): Source => ({
  ...source,
  fields: new Map(
    [...source.fields].map(([path, field]) => [
      path,
      { ...field, value: followed(field.value, source.fields, FURTHEST) },
    ]),
  ),
});
