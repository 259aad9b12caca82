import { ownValue } from "#calc/base/own-value.ts";
import { askedUnknown } from "#interop/import/asked-unknown.ts";
import { defaultsOf } from "#interop/import/defaults-of.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, type FieldRule, isOn, readFields } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { namesOf, quoted, takeFlag, takeNumber, wordOf } from "#interop/import/take.ts";
import { isOnField, readUnmodelled, type Unmodelled } from "#interop/import/unmodelled.ts";
import { BUILDERS } from "./builders.ts";

/** Defaults stand in torchtune@bd2a0fc7. */
export const tuneDefault = defaultsOf("torchtune's default (0.6, *).");

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
    ? [askedUnknown(field, "model", `${quoted(field.value)} builds no model of the catalog.`)]
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
