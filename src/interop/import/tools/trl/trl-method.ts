import { defaultsOf } from "#interop/import/defaults-of.ts";
import type { Finding } from "#interop/import/finding.ts";
import { readPackedCheckpoint } from "#interop/import/packed-checkpoint.ts";
import { fieldOf, type FieldRule, isOn, readFields } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { takeFlag, takeNumber } from "#interop/import/take.ts";
import { isOnField, isSet, readUnmodelled, type Unmodelled } from "#interop/import/unmodelled.ts";
import { onField, type PackedBase, readPackedBase } from "#interop/import/tools/hugging-face/bitsandbytes.ts";
import { takeModules, takeTargets } from "#interop/import/tools/hugging-face/words.ts";
import { MODEL_NAMES } from "./trl-words.ts";

/** TRL's names and defaults of a packed base. @see trl@f2cd5771:trl/trainer/model_config.py (lines 152 to 166) */
const PACKED: PackedBase = {
  in4bit: "load_in_4bit",
  in8bit: "load_in_8bit",
  quantType: "bnb_4bit_quant_type",
  doubleQuant: "use_bnb_nested_quant",
  otherwise: { quantType: "nf4", doubleQuant: false, sentence: "TRL's default (1.10, trainer/model_config.py:160)." },
};

const standsIn = defaultsOf("TRL's default (1.10, trainer/model_config.py:*).");

/** @see trl@f2cd5771:trl/trainer/model_config.py (lines 107 to 145) */
const ADAPTER: readonly FieldRule[] = [
  { field: "lora_r", key: "r", take: takeNumber, otherwise: standsIn("16", "107") },
  { field: "lora_alpha", key: "alpha", take: takeNumber, otherwise: standsIn("32", "111") },
  { field: "lora_dropout", key: "dropout", take: takeNumber, otherwise: standsIn("0.05", "115") },
  {
    field: "lora_target_modules",
    key: "targets",
    take: takeTargets(["all-linear"]),
    otherwise: {
      text: "q-v",
      sentence: "PEFT's mapping for the model where none are named: queries and values (utils/constants.py:85).",
    },
  },
  { field: "lora_modules_to_save", key: "save", take: takeModules },
  { field: "use_dora", key: "dora", take: takeFlag },
];

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: "lora_target_parameters",
    when: isSet,
    sentence: "Adapters on parameters by their names: they are counted where the modules say so alone.",
  },
];

const WITHOUT_ADAPTER: readonly Unmodelled[] = [
  {
    field: ["load_in_4bit", "load_in_8bit"],
    when: isOnField,
    sentence: "A packed base cannot be trained whole: TRL asks for use_peft here.",
  },
];

/** What is trained: all weights, or adapters, over a packed base or not. */
export const readTrlMethod = (source: Source): readonly Finding[] => {
  const peft = onField(source, "use_peft");
  if (peft === undefined) {
    const off = fieldOf(source, "use_peft");
    const full: Finding =
      off !== undefined && !isOn(off.value)
        ? { kind: "read", field: off, key: "method", text: "full" }
        : { kind: "assumed", key: "method", ...standsIn("full", "103") };
    return [full, ...readUnmodelled(source, WITHOUT_ADAPTER)];
  }
  return [
    { kind: "read", field: peft, key: "method", text: "lora" },
    ...readPackedBase(source, PACKED),
    ...readPackedCheckpoint(fieldOf(source, MODEL_NAMES)),
    ...readFields(source, ADAPTER),
    ...readUnmodelled(source, UNMODELLED),
  ];
};
