import { defaultsOf } from "#interop/import/defaults-of.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, type FieldRule, isOn, readAs, readFields } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { namesOf, takeNumber } from "#interop/import/take.ts";
import { takeModules, takeTargets } from "#interop/import/tools/hugging-face/words.ts";
import { isOnField, isSet, readUnmodelled, type Unmodelled } from "#interop/import/unmodelled.ts";

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
export const readAdapters = (adapt: Source, of: AdaptedModel): readonly Finding[] => [
  ...readFields(adapt, RULES),
  ...readTargets(adapt, of),
  ...readFields(adapt, [{ field: "modules_to_save", key: "save", take: takeModules }]),
  ...readFields(adapt, [{ field: "use_dora", key: "dora", take: (value) => (isOn(value) ? "1" : "0") }]),
  ...readUnmodelled(adapt, UNMODELLED),
];
