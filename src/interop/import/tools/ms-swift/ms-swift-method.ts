// ms-swift's fields of the method: quantized base, target modules, adapters.

import { ownValue } from "#calc/base/guards.ts";
import { readPackedCheckpoint } from "#interop/import/named-model.ts";
import {
  unknownFinding,
  defaultsOf,
  type Finding,
  fieldOf,
  type FieldRule,
  readFields,
  type Source,
  type SourceField,
  namesOf,
  numberOf,
  quoted,
  takeFlag,
  takeNumber,
  wordOf,
} from "#interop/import/source-fields.ts";
import { readFourBits } from "#interop/import/fields/bitsandbytes.ts";
import { takeDtype, takeModules, takeTargets } from "#interop/import/fields/field-values.ts";

/** Where ms-swift's defaults stand, in its arguments. */
export const swiftDefault = defaultsOf("ms-swift's default (4.6, *).");

/** Tuners of PEFT that the link has, by ms-swift's names. */
const TUNERS: Readonly<Record<string, string>> = { vera: "vera", adalora: "adalora" };

/** bitsandbytes' fields, with ms-swift's own default of double quantization. @see ms-swift@3602360a:swift/arguments/base_args/quant_args.py:33-47 */
const BITS = {
  in4bit: "",
  in8bit: "",
  quantType: "bnb_4bit_quant_type",
  doubleQuant: "bnb_4bit_use_double_quant",
  otherwise: {
    quantType: "nf4",
    doubleQuant: true,
    sentence: "ms-swift's default (4.6, arguments/base_args/quant_args.py:41).",
  },
} as const;

/** No line of ms-swift prepares a quantised base for training, as PEFT's own function does. */
const UNPREPARED: Finding = {
  kind: "assumed",
  key: "kbit",
  text: "none",
  sentence: "ms-swift leaves 16-bit parameters of a packed base as they are (pipelines/train/tuner.py).",
};

const WITHOUT = "Without quant_method nothing is quantised (quant_args.py:33).";

/** A base in 4 or in 8 bits by bitsandbytes; other ways of packing are not known. */
const readBits = (source: Source, bits: SourceField, method: SourceField | undefined): readonly Finding[] => {
  const [by, count] = [method?.value ?? "bnb", numberOf(bits.value)];
  const sentence = `A base by ${quoted(by)} in ${quoted(bits.value)} bits is not known here.`;
  if (by !== "bnb" || (count !== 4 && count !== 8))
    return [unknownFinding(method ?? bits, ["quant", `${wordOf(by)}, ${wordOf(bits.value)} bits`], sentence)];
  const qlora: Finding = { kind: "read", field: bits, key: "method", text: "qlora" };
  const format: readonly Finding[] =
    count === 8 ? [{ kind: "read", field: bits, key: "quant", text: "int8" }] : readFourBits(source, BITS);
  const aside: readonly Finding[] =
    method === undefined ? [] : [{ kind: "ignored", field: method, sentence: "bitsandbytes packs the base." }];
  return [qlora, ...format, ...aside, UNPREPARED];
};

/** A base that is packed while it is loaded. Without `quant_method` the bits say nothing. */
const readPacked = (source: Source): readonly Finding[] => {
  const method = fieldOf(source, "quant_method");
  const bits = fieldOf(source, ["quant_bits", "quantization_bit"]);
  if (bits === undefined) return [];
  // ms-swift 2 took bitsandbytes where nothing else was said (546e6dc7:swift/llm/utils/argument.py, select_bnb).
  if (method === undefined && bits.path !== "quantization_bit")
    return [{ kind: "ignored", field: bits, sentence: WITHOUT }];
  if (numberOf(bits.value) === 0) return [{ kind: "ignored", field: bits, sentence: "It is off." }];
  return readBits(source, bits, method);
};

const loraMethod = (field: SourceField | undefined): Finding =>
  field === undefined
    ? { kind: "assumed", key: "method", ...swiftDefault("lora", "arguments/base_args/base_args.py:93") }
    : { kind: "read", field, key: "method", text: "lora" };

/** What is trained, and beside what base. */
export const readSwiftMethod = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["tuner_type", "train_type", "sft_type"]);
  const word = wordOf(field?.value ?? "lora");
  if (word === "full" && field) return [{ kind: "read", field, key: "method", text: "full" }];
  const packed = [...readPackedCheckpoint(fieldOf(source, "model")), ...readPacked(source)];
  const tuner = ownValue(TUNERS, word);
  const other: readonly Finding[] =
    field === undefined || word === "lora"
      ? []
      : tuner === undefined
        ? [unknownFinding(field, "tuner", `The tuner ${quoted(word)} is not known here.`)]
        : [{ kind: "read", field, key: "tuner", text: tuner }];
  return [loraMethod(field), ...other, ...packed];
};

/** Names beside "all-linear" have adapters, too: embeddings and heads, which no preset has. */
const readTargets = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["target_modules", "lora_target_modules"]);
  const names = field === undefined ? [] : namesOf(field.value);
  const take = takeTargets(["all-linear", "ALL"]);
  const found = readFields(source, [
    {
      field: ["target_modules", "lora_target_modules"],
      key: "targets",
      take: (value) => (names.length === 1 && names[0] === "all-embedding" ? null : take(value)),
      otherwise: swiftDefault("all-linear", "arguments/tuner_args.py:126"),
    },
  ]);
  const isMore = names.length > 1 && names.includes("all-linear");
  const sentence = "What is named beside all-linear has adapters, too, which are not counted.";
  return isMore && field ? [...found, { kind: "not-modelled", field, sentence }] : found;
};

/** The rank by the tuner; what others have beside changes nothing. @see ms-swift@3602360a:swift/pipelines/train/tuner.py, prepare_adapter */
const RANKS: Readonly<Record<string, FieldRule>> = {
  adalora: {
    field: "adalora_init_r",
    key: "r",
    take: takeNumber,
    otherwise: swiftDefault("12", "arguments/tuner_args.py:176"),
  },
  vera: {
    field: "vera_rank",
    key: "r",
    take: takeNumber,
    otherwise: swiftDefault("256", "arguments/tuner_args.py:165"),
  },
};

const RANK: FieldRule = {
  field: "lora_rank",
  key: "r",
  take: takeNumber,
  otherwise: swiftDefault("8", "arguments/tuner_args.py:127"),
};

/** @see ms-swift@3602360a:swift/arguments/tuner_args.py:126-135 */
const LORA: readonly FieldRule[] = [
  { field: "lora_alpha", key: "alpha", take: takeNumber, otherwise: swiftDefault("32", "arguments/tuner_args.py:128") },
  {
    field: "lora_dropout",
    key: "dropout",
    take: takeNumber,
    otherwise: swiftDefault("0.05", "arguments/tuner_args.py:129"),
  },
  { field: "use_dora", key: "dora", take: takeFlag },
  { field: "modules_to_save", key: "save", take: takeModules },
  { field: "lora_dtype", key: "adapters", take: takeDtype },
];

/** Adapters; where everything is trained, there are none. */
export const readSwiftAdapters = (source: Source): readonly Finding[] => {
  const type = wordOf(fieldOf(source, ["tuner_type", "train_type", "sft_type"])?.value ?? "lora");
  return type === "full"
    ? []
    : [...readFields(source, [ownValue(RANKS, type) ?? RANK, ...LORA]), ...readTargets(source)];
};
