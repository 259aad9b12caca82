// TRL's fields of the method, and how GPUs share a run of TRL.

import {
  defaultsOf,
  type Finding,
  fieldOf,
  type FieldRule,
  isOn,
  readFields,
  type Source,
  takeFlag,
  takeNumber,
  isOnField,
  isSet,
  readUnmodelled,
  type Unmodelled,
  numberOf,
  quoted,
  wordOf,
  isSeveral,
} from "#interop/import/source-fields.ts";
import { readPackedCheckpoint, lastNamePart } from "#interop/import/named-model.ts";
import { switchedOnField, type PackedBase, readPackedBase } from "#interop/import/fields/bitsandbytes.ts";
import { takeModules, takeTargets } from "#interop/import/fields/field-values.ts";
import { readShippedAccelerate, readNamedFile, assumedCopies } from "#interop/import/tools/launcher.ts";
import { readTrainerSharding } from "#interop/import/fields/training-arguments.ts";

/** The words of TRL's commands, which are names of scripts, too. @see trl@f2cd5771:trl/scripts/, examples/scripts/ */
const WORDS = "sft|dpo|kto|orpo|cpo|simpo|bco|grpo|rloo|reward|reward_modeling|ppo|gkd|online_dpo|xpo|nash_md|prm";

/** "trl dpo", "trl/scripts/dpo.py", "run_dpo.py", "-m trl.scripts.dpo". */
const OF_TRL = new RegExp(
  String.raw`(?:\btrl\s+(?<own>${WORDS})|(?:^|[\s/])(?:run_)?(?<script>${WORDS})\.py|\btrl\.scripts\.(?<module>${WORDS}))(?=\s|$)`,
);

/** What a command of TRL trains for, by its word; undefined where it is none, or has another. */
export const objectiveWord = (command: string): string | undefined => {
  const { own, script, module } = OF_TRL.exec(command)?.groups ?? {};
  return own ?? script ?? module;
};

/** Whether a command is TRL's own, or starts a script that has the name of one of its. */
export const isTrlCommand = (command: string): boolean => /\btrl\s+\w+/.test(command) || OF_TRL.test(command);

/** The model's field. Python's parser of flags takes the beginning of a name for it, too: `--model_name`. @see python 3:argparse, allow_abbrev */
export const MODEL_NAMES: readonly string[] = ["model_name_or_path", "model_name"];

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
  const peft = switchedOnField(source, "use_peft");
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

const readAccelerateConfig = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["accelerate_config", "config_file"]);
  if (field === undefined || !isSet(field.value)) return [];
  const shipped = field.path === "accelerate_config" ? readShippedAccelerate(field, wordOf(field.value)) : undefined;
  const sentence = `${quoted(field.value)} is another file, which is not read: import it beside this one.`;
  return shipped ?? [{ kind: "not-modelled", field, sentence, names: lastNamePart(wordOf(field.value)) }];
};

/** Processes that a launcher starts; without a word of sharing they are data parallel. */
const readProcesses = (source: Source, sharing: readonly Finding[]): readonly Finding[] => {
  const field = fieldOf(source, ["num_processes", "nproc_per_node", "NPROC_PER_NODE"]);
  const count = numberOf(field?.value);
  if (field === undefined || count === undefined) return [];
  const parallel = isSeveral(field.value) ? [assumedCopies(sharing)] : [];
  return [{ kind: "read", field, key: "gpus", text: String(count) }, ...parallel];
};

/** Over how many GPUs a run of TRL goes, and how they share it. */
export const readTrlLaunch = (source: Source): readonly Finding[] => {
  const [config, sharing] = [readAccelerateConfig(source), readTrainerSharding(source, {})];
  const named = source.format === "command" && source.fields.has("config") ? readNamedFile(source) : [];
  return [...named, ...config, ...readProcesses(source, [...config, ...sharing]), ...sharing];
};
