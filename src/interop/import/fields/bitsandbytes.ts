// Fields of bitsandbytes that say how a base model is quantized.

import {
  type Finding,
  fieldOf,
  type FieldRule,
  isOn,
  readFields,
  type Source,
  type SourceField,
  takeFlag,
  takeWord,
} from "#interop/import/source-fields.ts";

/** Names of the fields that say how bitsandbytes packs a base, and what holds without them. */
export type PackedBase = Readonly<{
  in4bit: string;
  in8bit: string;
  quantType: string;
  doubleQuant: string;
  /** The tool's defaults of the last two. */
  otherwise: Readonly<{ quantType: "nf4" | "fp4"; doubleQuant: boolean; sentence: string }>;
}>;

/** bitsandbytes' own names and defaults. @see transformers@5.14.1:utils/quantization_config.py, BitsAndBytesConfig (lines 450, 451) */
export const BITS_AND_BYTES: PackedBase = {
  in4bit: "load_in_4bit",
  in8bit: "load_in_8bit",
  quantType: "bnb_4bit_quant_type",
  doubleQuant: "bnb_4bit_use_double_quant",
  otherwise: {
    quantType: "fp4",
    doubleQuant: false,
    sentence: "transformers' default (5.14.1, utils/quantization_config.py).",
  },
};

/** A switch that is on. */
export const switchedOnField = (source: Source, name: string): SourceField | undefined => {
  const field = fieldOf(source, name);
  return field !== undefined && isOn(field.value) ? field : undefined;
};

const nestedRule = ({ doubleQuant, otherwise }: PackedBase): FieldRule => ({
  field: doubleQuant,
  key: "dq",
  take: takeFlag,
  otherwise: { text: otherwise.doubleQuant ? "1" : "0", sentence: otherwise.sentence },
});

/** Whether scales of 4 bits are quantised, too. */
export const readDoubleQuant = (source: Source, names: PackedBase): readonly Finding[] =>
  readFields(source, [nestedRule(names)]);

/** What 4 bits are: a type, and whether its scales are quantised, too. */
export const readFourBits = (source: Source, names: PackedBase): readonly Finding[] => {
  const { quantType, otherwise } = names;
  const rules: readonly FieldRule[] = [
    {
      field: quantType,
      key: "quant",
      take: takeWord({ nf4: "nf4", fp4: "fp4" }),
      otherwise: { text: otherwise.quantType, sentence: otherwise.sentence },
    },
    nestedRule(names),
  ];
  return readFields(source, rules);
};

/** Switches of which only a run knows whether they are on. */
const unknown = (source: Source, switches: readonly string[]): readonly Finding[] =>
  switches.flatMap((name): readonly Finding[] => {
    const field = fieldOf(source, name);
    const taken = field === undefined ? null : takeFlag(field.value);
    return field === undefined || taken === null || typeof taken === "string"
      ? []
      : [{ kind: "not-modelled", field, sentence: taken.notModelled }];
  });

/** A base that is packed while it is loaded: the method, and the format. Empty where it is loaded as it is. */
export const readPackedBase = (source: Source, names: PackedBase): readonly Finding[] => {
  const four = switchedOnField(source, names.in4bit);
  if (four !== undefined)
    return [{ kind: "read", field: four, key: "method", text: "qlora" }, ...readFourBits(source, names)];
  const eight = switchedOnField(source, names.in8bit);
  if (eight === undefined) return unknown(source, [names.in4bit, names.in8bit]);
  return [
    { kind: "read", field: eight, key: "method", text: "qlora" },
    { kind: "read", field: eight, key: "quant", text: "int8" },
  ];
};

/** Fields of bitsandbytes that change no memory that is counted. */
export const HARMLESS_OF_BITS: readonly string[] = [
  "load_in_4bit",
  "load_in_8bit",
  "bnb_4bit_quant_type",
  "bnb_4bit_use_double_quant",
  "bnb_4bit_compute_dtype",
  "bnb_4bit_quant_storage",
  "llm_int8_threshold",
];
