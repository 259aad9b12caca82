// Unsloth's model and method: adapters, target modules, 4-bit base, dtype.

import {
  defaultsOf,
  type Finding,
  fieldOf,
  type FieldRule,
  isOn,
  readAs,
  readFields,
  type Source,
  namesOf,
  takeNumber,
  isOnField,
  isSet,
  readUnmodelled,
  type Unmodelled,
  type SourceField,
  type ReadWith,
} from "#interop/import/source-fields.ts";
import { takeModules, takeTargets, takeDtype } from "#interop/import/fields/field-values.ts";
import { readModel, readPackedCheckpoint } from "#interop/import/named-model.ts";

const standsIn = defaultsOf("Unsloth's default (models/llama.py:*).");

/** @see unsloth@015bdef0:unsloth/models/llama.py:3061, get_peft_model; models/vision.py:1855 has the same */
const RULES: readonly FieldRule[] = [
  { field: "r", key: "r", take: takeNumber, otherwise: standsIn("16", "3063") },
  { field: "lora_alpha", key: "alpha", take: takeNumber, otherwise: standsIn("16", "3073") },
  { field: "lora_dropout", key: "dropout", take: takeNumber, otherwise: standsIn("0", "3074") },
];

/** Whether adapters stand in parts of the model, as of one of several kinds of input; its name. */
type AdaptedModel = Readonly<{ isOfParts: boolean; model: string }>;

const OF_LLAMA = "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj";

/** Models of fused projections whose copies by Unsloth have Llama's. */
const SEPARATE = /phi-?[34]/i;

/** The embedding among targets is trained whole; the head has an adapter. @see unsloth@015bdef0:unsloth/models/llama.py:3318-3336 */
const readListed = (adapt: Source, model: string): readonly Finding[] => {
  const field = fieldOf(adapt, "target_modules");
  if (field === undefined || field.value === null || !Array.isArray(field.value)) return [];
  const names = namesOf(field.value);
  if (SEPARATE.test(model) && OF_LLAMA.split(",").every((name) => names.includes(name)))
    return [
      { kind: "read", field, key: "targets", text: "all-linear" },
      {
        kind: "not-modelled",
        field,
        sentence:
          "Unsloth's copy has separate projections, the catalog's model fused ones: adapters on those are smaller.",
      },
    ];
  const targets = names.filter((name) => name !== "embed_tokens");
  const save = names.filter((name) => name === "embed_tokens");
  return [
    ...readAs(field, "targets", takeTargets(["all-linear"])(targets)),
    ...(save.length > 0 ? [{ kind: "read", field, key: "save", text: save.join(",") } as const] : []),
  ];
};

/** Parts of a model of several that have adapters, where no list says it. @see unsloth@015bdef0:unsloth/models/vision.py:1862-1865 */
const readParts = (adapt: Source): readonly Finding[] =>
  (["finetune_attention_modules", "finetune_mlp_modules"] as const).flatMap((name): readonly Finding[] => {
    const field = fieldOf(adapt, name);
    if (field === undefined) return [];
    if (isOn(field.value)) return [{ kind: "ignored", field, sentence: "It is on, as where nothing is said." }];
    const attention = "q_proj,k_proj,v_proj,o_proj";
    const text = name === "finetune_mlp_modules" ? attention : "gate_proj,up_proj,down_proj";
    return [{ kind: "read", field, key: "targets", text }];
  });

const readTargets = (adapt: Source, { isOfParts, model }: AdaptedModel): readonly Finding[] => {
  const field = fieldOf(adapt, "target_modules");
  const listed = readListed(adapt, model);
  if (listed.length > 0) return [...readParts(adapt).filter(({ kind }) => kind === "ignored"), ...listed];
  if (field !== undefined && typeof field.value === "string")
    return [
      ...readParts(adapt).filter(({ kind }) => kind === "ignored"),
      ...readAs(field, "targets", takeTargets(["all-linear"])(field.value)),
    ];
  const sentence = isOfParts
    ? "Unsloth's default (models/vision.py:1858): every linear of the parts that are trained."
    : "Unsloth's default (models/llama.py:3064).";
  return [
    { kind: "assumed", key: "targets", text: isOfParts ? "all-linear" : OF_LLAMA, sentence },
    ...readParts(adapt),
  ];
};

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: "bias",
    when: (value) => isSet(value) && value !== "none",
    sentence: "Biases are trained, too: their gradients and states are not counted.",
  },
  {
    field: ["layers_to_transform", "finetune_last_n_layers", "layers_pattern"],
    when: isSet,
    sentence: "Adapters in some layers alone: they are counted in all.",
  },
  {
    field: "target_parameters",
    when: isSet,
    sentence: "Adapters on single parameters (experts): no key says which.",
  },
  { field: "qat_scheme", when: isSet, sentence: "Training that rounds as a quantised model would keeps more tensors." },
  {
    field: "finetune_vision_layers",
    when: isOnField,
    sentence: "Adapters on the vision part, and its activations, are not counted: the language model alone is.",
  },
  { field: "finetune_audio_layers", when: isOnField, sentence: "Adapters on the audio part are not counted." },
  {
    field: "finetune_language_layers",
    when: (value) => value === false,
    sentence: "The language model has no adapters: they are counted in it.",
  },
];

/** `get_peft_model`: adapters. */
export const readUnslothAdapters = (adapt: Source, of: AdaptedModel): readonly Finding[] => [
  ...readFields(adapt, RULES),
  ...readTargets(adapt, of),
  ...readFields(adapt, [{ field: "modules_to_save", key: "save", take: takeModules }]),
  ...readFields(adapt, [{ field: "use_dora", key: "dora", take: (value) => (isOn(value) ? "1" : "0") }]),
  ...readUnmodelled(adapt, UNMODELLED),
];

const FOUR_BITS = "Unsloth's 4 bits (models/loader.py:1038): NF4 with double quantization.";

/** NF4 with double quantization; a checkpoint whose name says that some linears are left out of it has those. */
const fourBits = (method: Finding, model: SourceField | undefined): readonly Finding[] => [
  method,
  { kind: "assumed", key: "quant", text: "nf4", sentence: FOUR_BITS },
  { kind: "assumed", key: "dq", text: "1", sentence: FOUR_BITS },
  ...readPackedCheckpoint(model).filter((found) => "key" in found && found.key === "quant"),
];

/**
 * What is trained, and how the base is stored. Without a word it is QLoRA, even of a 16-bit name.
 *
 * @see unsloth@015bdef0:unsloth/models/loader.py:414-417, from_pretrained
 */
const readMethod = (load: Source, model: SourceField | undefined): readonly Finding[] => {
  const on = (name: string): SourceField | undefined => {
    const field = fieldOf(load, name);
    return field !== undefined && isOn(field.value) ? field : undefined;
  };
  const full = on("full_finetuning");
  if (full !== undefined) return [{ kind: "read", field: full, key: "method", text: "full" }];
  const eight = on("load_in_8bit");
  if (eight !== undefined)
    return [
      { kind: "read", field: eight, key: "method", text: "qlora" },
      { kind: "read", field: eight, key: "quant", text: "int8" },
    ];
  const sixteen = on("load_in_16bit");
  if (sixteen !== undefined) return [{ kind: "read", field: sixteen, key: "method", text: "lora" }];
  const four = fieldOf(load, "load_in_4bit");
  if (four !== undefined && four.value === false) return [{ kind: "read", field: four, key: "method", text: "lora" }];
  if (four !== undefined && isOn(four.value))
    return fourBits({ kind: "read", field: four, key: "method", text: "qlora" }, model);
  const sentence = "Unsloth's default (models/loader.py:414): load_in_4bit is on.";
  return fourBits({ kind: "assumed", key: "method", text: "qlora", sentence, ...(four && { field: four }) }, model);
};

/** The type that weights are loaded in; None is that of the card. */
const readDtype = (load: Source): readonly Finding[] => {
  const field = fieldOf(load, ["dtype", "torch_dtype"]);
  if (field === undefined) return [];
  const isOpen = field.value === null || field.value === "None" || field.value === "dtype";
  const taken = isOpen ? null : takeDtype(field.value);
  if (taken === null) return [{ kind: "ignored", field, sentence: "Left to Unsloth: bf16 where the card has it." }];
  if (typeof taken !== "string") return [{ kind: "not-modelled", field, sentence: taken.notModelled }];
  return [
    { kind: "read", field, key: "weights", text: taken },
    ...(taken === "fp16" ? [{ kind: "read", field, key: "compute", text: "fp16" } as const] : []),
  ];
};

/** The model, and the method. */
export const readUnslothBase = (load: Source, { catalog }: ReadWith): readonly Finding[] => {
  const model = fieldOf(load, "model_name");
  return [...readModel(model, catalog), ...readMethod(load, model), ...readDtype(load)];
};
