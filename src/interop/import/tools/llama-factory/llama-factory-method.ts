// LLaMA-Factory's fields of the method: adapters, quantized base, frozen layers.

import { readPackedCheckpoint } from "#interop/import/named-model.ts";
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
  numberOf,
  quoted,
  takeFlag,
  takeNumber,
  takeWord,
  wordOf,
  isSet,
} from "#interop/import/source-fields.ts";
import { takeModules, takeTargets } from "#interop/import/fields/field-values.ts";

/** Defaults stand in LLaMA-Factory@ff6d4d12 (0.9.5), under src/llamafactory/. */
export const factoryDefault = defaultsOf("LLaMA-Factory's default (0.9.5, *).");

const DEFAULT_RANK = 8;
const FOUR = 4;
const EIGHT = 8;

/** @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/finetuning_args.py (lines 59 to 103) */
const adapter = (source: Source): readonly FieldRule[] => {
  const rank = numberOf(fieldOf(source, "lora_rank")?.value) ?? DEFAULT_RANK;
  return [
    {
      field: "lora_rank",
      key: "r",
      take: takeNumber,
      otherwise: factoryDefault(String(DEFAULT_RANK), "hparams/finetuning_args.py:77"),
    },
    {
      field: "lora_alpha",
      key: "alpha",
      take: takeNumber,
      otherwise: factoryDefault(String(2 * rank), "twice the rank, hparams/finetuning_args.py:587"),
    },
    {
      field: "lora_dropout",
      key: "dropout",
      take: takeNumber,
      otherwise: factoryDefault("0", "hparams/finetuning_args.py:73"),
    },
    {
      field: "lora_target",
      key: "targets",
      take: takeTargets(["all"]),
      otherwise: factoryDefault("all-linear", "hparams/finetuning_args.py:81"),
    },
    { field: "additional_target", key: "save", take: takeModules },
    { field: "use_dora", key: "dora", take: takeFlag },
  ];
};

/** OFT, whose rank is the size of a block. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/finetuning_args.py, OFTArguments */
const OFT: readonly FieldRule[] = [
  {
    field: "oft_block_size",
    key: "r",
    take: takeNumber,
    otherwise: factoryDefault("32", "hparams/finetuning_args.py, OFTArguments"),
  },
  { field: "module_dropout", key: "dropout", take: takeNumber },
  {
    field: "oft_target",
    key: "targets",
    take: takeTargets(["all"]),
    otherwise: factoryDefault("all-linear", "hparams/finetuning_args.py, OFTArguments"),
  },
  { field: "additional_target", key: "save", take: takeModules },
];

/** bitsandbytes' 4 bits. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/model_args.py (lines 283 to 291) */
const FOUR_BITS: readonly FieldRule[] = [
  {
    field: "quantization_type",
    key: "quant",
    take: takeWord({ nf4: "nf4", fp4: "fp4" }),
    otherwise: factoryDefault("nf4", "hparams/model_args.py:287"),
  },
  {
    field: "double_quantization",
    key: "dq",
    take: takeFlag,
    otherwise: factoryDefault("1", "hparams/model_args.py:291"),
  },
];

const OTHER_BITS =
  "Of bases that are packed while they are loaded, those of bitsandbytes in 4 and 8 bits are known here.";

/** What packs the base, where it is not bitsandbytes: by default it is. */
const otherWay = (source: Source): SourceField | undefined => {
  const way = fieldOf(source, "quantization_method");
  return way === undefined || /^(null|bnb|bitsandbytes)$/i.test(wordOf(way.value)) ? undefined : way;
};

/** A base that is packed while it is loaded. @see LLaMA-Factory@ff6d4d12:src/llamafactory/model/model_utils/quantization.py (lines 95, 177 to 187) */
const packedBase = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "quantization_bit");
  const bits = numberOf(field?.value);
  if (field === undefined || bits === undefined) return [];
  const way = otherWay(source);
  if (way !== undefined) return [unknownFinding(way, "quant", OTHER_BITS)];
  const qlora: Finding = { kind: "read", field, key: "method", text: "qlora" };
  if (bits === FOUR) return [qlora, ...readFields(source, FOUR_BITS)];
  if (bits === EIGHT) return [qlora, { kind: "read", field, key: "quant", text: "int8" }];
  return [unknownFinding(field, ["quant", `${bits} bits`], OTHER_BITS)];
};

/** A packed checkpoint is loaded as it is, whatever the fields say. */
const base = (source: Source): readonly Finding[] => {
  const checkpoint = readPackedCheckpoint(fieldOf(source, "model_name_or_path"));
  return checkpoint.length > 0 ? checkpoint : packedBase(source);
};

const FREEZE = "Only some layers are trained; all are counted as trained, which is more.";

const whole = (type: SourceField, source: Source): readonly Finding[] => {
  const pure = fieldOf(source, "pure_bf16");
  return [
    { kind: "read", field: type, key: "method", text: "full" },
    ...(type.value === "freeze" ? [{ kind: "not-modelled", field: type, sentence: FREEZE } as const] : []),
    ...(pure !== undefined && isOn(pure.value)
      ? [{ kind: "read", field: pure, key: "weights", text: "bf16" } as const]
      : []),
  ];
};

/** An adapter that is there already has its rank in a file of its own. */
const earlierAdapter = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "adapter_name_or_path");
  return field === undefined || !isSet(field.value)
    ? []
    : [
        {
          kind: "not-modelled",
          field,
          sentence: "Rank and targets of an adapter that is there already are in its own file.",
        },
      ];
};

/** The tuners that it has. */
const TUNERS = ["lora", "oft"];

const small = (type: SourceField, word: string): readonly Finding[] => [
  { kind: "read", field: type, key: "method", text: "lora" },
  ...(word === "oft" ? [{ kind: "read", field: type, key: "tuner", text: "oft" } as const] : []),
  ...(TUNERS.includes(word)
    ? []
    : [unknownFinding(type, "method", `${quoted(word)} is no way of fine-tuning that is known here.`)]),
];

const ASSUMED: Finding = {
  kind: "assumed",
  key: "method",
  ...factoryDefault("lora", "hparams/finetuning_args.py:464"),
};

/** What is trained: adapters unless it is told otherwise. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/finetuning_args.py (lines 460 to 464) */
export const readFactoryMethod = (source: Source): readonly Finding[] => {
  const type = fieldOf(source, "finetuning_type");
  const word = wordOf(type?.value ?? "lora");
  if (type !== undefined && (word === "full" || word === "freeze")) return whole(type, source);
  return [
    ...(type === undefined || type.value === null ? [ASSUMED] : small(type, word)),
    ...base(source),
    ...readFields(source, word === "oft" ? OFT : adapter(source)),
    ...earlierAdapter(source),
  ];
};
