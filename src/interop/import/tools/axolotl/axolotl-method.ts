// Axolotl's fields of the method: adapters, quantized base, experts, fused LoRA kernels.

import { readPackedCheckpoint } from "#interop/import/named-model.ts";
import {
  unknownFinding,
  type Default,
  defaultsOf,
  type Finding,
  fieldOf,
  type FieldRule,
  isOn,
  readFields,
  type Source,
  type SourceField,
  numberOf,
  quoted,
  takeFlag,
  takeNumber,
  takeWord,
  wordOf,
  isSet,
} from "#interop/import/source-fields.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { switchedOnField } from "#interop/import/fields/bitsandbytes.ts";
import { takeModules, takeTargets } from "#interop/import/fields/field-values.ts";

/** Defaults stand in axolotl@067b021c (0.18.0), under src/axolotl/. */
export const axolotlDefault = defaultsOf("Axolotl's default (0.18, *).");

const needed = (name: string, then: string): string =>
  `The file has no ${name}, of which Axolotl has no default: ${then}.`;

/** What Axolotl has no default of, and a scenario needs; alpha changes no memory. */
const NEEDED: readonly Finding[] = [
  {
    kind: "assumed",
    key: "r",
    text: String(DEFAULT_CHOICES.r),
    sentence: needed("lora_r", "the page's own rank is counted"),
  },
  { kind: "filled", key: "alpha", sentence: needed("lora_alpha", "it changes no memory") },
];

const readNeeded = (source: Source): readonly Finding[] =>
  ["lora_r", "lora_alpha"].flatMap((name, index): readonly Finding[] => {
    const field = fieldOf(source, name);
    const found = NEEDED[index];
    const isOpen = field === undefined || numberOf(field.value) === undefined;
    return isOpen && found !== undefined ? [found] : [];
  });

/** Rank and alpha have no default: a file without them is no run of adapters. @see axolotl@067b021c:src/axolotl/utils/schemas/peft.py (lines 53 to 89) */
const ADAPTER: readonly FieldRule[] = [
  { field: "lora_r", key: "r", take: takeNumber },
  { field: "lora_alpha", key: "alpha", take: takeNumber },
  {
    field: "lora_dropout",
    key: "dropout",
    take: takeNumber,
    otherwise: axolotlDefault("0", "utils/schemas/peft.py:80"),
  },
  { field: "lora_modules_to_save", key: "save", take: takeModules },
  { field: "peft_use_dora", key: "dora", take: takeFlag },
  {
    field: "peft_autocast_adapter_dtype",
    key: "adapters",
    take: (value) => (isOn(value) ? null : "bf16"),
  },
];

/** Without either field no linear has adapters, which PEFT refuses where nothing else has any. @see axolotl@067b021c:src/axolotl/loaders/adapter.py, _build_peft_lora_config */
const NOWHERE: Default = {
  text: "all-linear",
  sentence: "The file names no linears (lora_target_linear, lora_target_modules): every one is counted as adapted.",
};

/** Every linear, or those that are named. @see axolotl@067b021c:src/axolotl/loaders/adapter.py (lines 171 to 182) */
const targets = (source: Source): readonly Finding[] => {
  const linear = switchedOnField(source, "lora_target_linear");
  const named = fieldOf(source, "lora_target_modules");
  if (linear === undefined)
    return readFields(source, [
      { field: "lora_target_modules", key: "targets", take: takeTargets(["all-linear"]), otherwise: NOWHERE },
    ]);
  return [
    { kind: "read", field: linear, key: "targets", text: "all-linear" },
    ...(named !== undefined && isSet(named.value)
      ? [{ kind: "ignored", field: named, sentence: "Every linear has an adapter anyway." } as const]
      : []),
  ];
};

/** `adapter: qlora` is NF4 under double quantization unless it is told otherwise. @see axolotl@067b021c:src/axolotl/loaders/model.py (lines 712 to 736) */
const FOUR_BITS: readonly FieldRule[] = [
  {
    field: "bnb_config_kwargs.bnb_4bit_quant_type",
    key: "quant",
    take: takeWord({ nf4: "nf4", fp4: "fp4" }),
    otherwise: axolotlDefault("nf4", "loaders/model.py:720"),
  },
  {
    field: "bnb_config_kwargs.bnb_4bit_use_double_quant",
    key: "dq",
    take: takeFlag,
    otherwise: axolotlDefault("1", "loaders/model.py:719"),
  },
];

const WITHOUT_EFFECT =
  "It packs nothing with this adapter: 4 bits are for `adapter: qlora`, 8 bits for `adapter: lora` (0.18, loaders/model.py:712 to 750).";

const NEEDS_FOUR_BITS =
  "Axolotl ends with an error here: `adapter: qlora` needs `load_in_4bit: true` (0.18, utils/schemas/peft.py:223). A base in 16 bits is counted.";

const withoutEffect = (field: SourceField | undefined): readonly Finding[] =>
  field === undefined ? [] : [{ kind: "ignored", field, sentence: WITHOUT_EFFECT }];

/** What the base is stored in, by the adapter and what it asks for together. @see axolotl@067b021c:src/axolotl/loaders/model.py (lines 690 to 750) */
const base = (source: Source, adapter: SourceField): readonly Finding[] => {
  const checkpoint = readPackedCheckpoint(fieldOf(source, "base_model"));
  if (checkpoint.length > 0) return checkpoint;
  const [four, eight, gptq] = ["load_in_4bit", "load_in_8bit", "gptq"].map((name) => switchedOnField(source, name));
  const packs = (field: SourceField): Finding => ({ kind: "read", field, key: "method", text: "qlora" });
  if (gptq !== undefined) return [packs(gptq), { kind: "read", field: gptq, key: "quant", text: "gptq" }];
  if (adapter.value === "qlora" && four !== undefined)
    return [packs(four), ...readFields(source, FOUR_BITS), ...withoutEffect(eight)];
  if (adapter.value === "lora" && eight !== undefined)
    return [packs(eight), { kind: "read", field: eight, key: "quant", text: "int8" }, ...withoutEffect(four)];
  const isRefused = adapter.value === "qlora";
  return [
    ...(isRefused ? [{ kind: "not-modelled", field: adapter, sentence: NEEDS_FOUR_BITS } as const] : []),
    ...withoutEffect(four),
    ...withoutEffect(eight),
  ];
};

/** Experts that are packed while they are loaded, as their linears are. @see axolotl@067b021c:docs/expert_quantization.qmd */
const experts = (source: Source): readonly Finding[] => {
  const field = switchedOnField(source, "quantize_moe_experts");
  if (field === undefined) return [];
  const text = switchedOnField(source, "load_in_8bit") === undefined ? "4bit" : "8bit";
  return [
    { kind: "read", field, key: "experts", text },
    { kind: "read", field, key: "expertread", text: "saved" },
  ];
};

const OTHER_PACKING = "This quantization of the base is not known here.";

/** A checkpoint of packed experts: dequantised while it is loaded, or left as it is. @see axolotl@067b021c:src/axolotl/utils/schemas/model.py, model_quantization_config */
const checkpointPacking = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "model_quantization_config");
  if (field === undefined || !isSet(field.value)) return [];
  if (field.value !== "Mxfp4Config") return [unknownFinding(field, "quant", OTHER_PACKING)];
  return switchedOnField(source, "model_quantization_config_kwargs.dequantize") === undefined
    ? [{ kind: "read", field, key: "experts", text: "mxfp4" }]
    : [{ kind: "ignored", field, sentence: "It is dequantised while it is loaded." }];
};

const earlierAdapter = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "lora_model_dir");
  return field === undefined || !isSet(field.value)
    ? []
    : [
        {
          kind: "not-modelled",
          field,
          sentence: "An adapter that is there already has its rank and targets in its own file.",
        },
      ];
};

const KERNELS = ["lora_mlp_kernel", "lora_qkv_kernel", "lora_o_kernel"];

const IN_PART = "Fused kernels are counted for all linears of a layer or for none.";

/** Fused kernels switch themselves on, but where one of them is set, code is trusted, or preferences are learned. @see axolotl@067b021c:src/axolotl/utils/schemas/config.py, check_auto_enable_lora_kernels (line 1901) */
const kernels = (source: Source): readonly Finding[] => {
  const set = KERNELS.map((name) => fieldOf(source, name)).filter(
    (field) => field !== undefined && field.value !== null,
  ) as SourceField[];
  const on = set.filter((field) => isOn(field.value));
  const [first] = set;
  if (first === undefined) {
    const off = [fieldOf(source, "rl"), switchedOnField(source, "trust_remote_code")].find(
      (field) => field !== undefined && isSet(field.value),
    );
    const sentence = "Fused kernels for adapters stay off here (0.18, utils/schemas/config.py:1901).";
    return off === undefined ? [] : [{ kind: "assumed", field: off, key: "lorakernels", text: "0", sentence }];
  }
  const text = on.length === 0 ? "0" : "1";
  const read = set.map((field): Finding => ({ kind: "read", field, key: "lorakernels", text }));
  const isPart = on.length > 0 && on.length < KERNELS.length;
  return isPart ? [...read, { kind: "not-modelled", field: on[0] ?? first, sentence: IN_PART }] : read;
};

/** What is trained: all weights, unless there is an adapter. @see axolotl@067b021c:src/axolotl/utils/schemas/peft.py:41 */
export const readAxolotlMethod = (source: Source): readonly Finding[] => {
  const adapter = fieldOf(source, "adapter");
  if (adapter === undefined || !isSet(adapter.value))
    return [
      {
        kind: "assumed",
        key: "method",
        ...axolotlDefault("full", "utils/schemas/peft.py:41"),
        ...(adapter && { field: adapter }),
      },
      ...["load_in_4bit", "load_in_8bit"].flatMap((name) => withoutEffect(switchedOnField(source, name))),
      ...checkpointPacking(source),
    ];
  const isKnown = ["lora", "qlora"].includes(wordOf(adapter.value));
  const sentence = `${quoted(adapter.value)} is an adapter that is not known here.`;
  return [
    { kind: "read", field: adapter, key: "method", text: "lora" },
    ...(isKnown ? [] : [unknownFinding(adapter, "tuner", sentence)]),
    ...base(source, adapter),
    ...readNeeded(source),
    ...readFields(source, ADAPTER),
    ...targets(source),
    ...experts(source),
    ...checkpointPacking(source),
    ...kernels(source),
    ...earlierAdapter(source),
  ];
};
