import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, type FieldRule, isOn, readFields } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { takeFlag, takeNumber, takeWord } from "#interop/import/take.ts";
import { readTrainingArguments } from "#interop/import/tools/hugging-face/training-arguments.ts";
import { HARMLESS_OF_PEFT, readPeftConfig } from "#interop/import/tools/peft/peft-config.ts";
import {
  argumentsOf,
  callName,
  harmlessOf,
  objectsOfTrainers,
  otherCalls,
  together,
} from "#interop/import/tools/python/called.ts";
import { HARMLESS_OF_SCRIPTS, TRAINERS } from "#interop/import/tools/python/harmless-of-scripts.ts";
import { CONFIGS, readObjective } from "#interop/import/tools/python/objective.ts";
import { readTrainerSharding } from "#interop/import/tools/sharding/trainer-sharding.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { ADAPTERS, LOAD, readLoadedModel } from "./loaded-model.ts";

const standsIn = (text: string, place: string) => ({ text, sentence: `TRL's default (1.10, ${place}).` });

/** @see trl@f2cd5771:trl/trainer/sft_config.py (lines 205, 225, 283, 296) */
const OF_TRL: readonly FieldRule[] = [
  {
    field: ["max_length", "max_seq_length"],
    key: "seq",
    take: takeNumber,
    otherwise: standsIn("1024", "trainer/sft_config.py:205"),
  },
  { field: "packing", key: "packing", take: takeFlag, otherwise: standsIn("0", "trainer/sft_config.py:225") },
  { field: "activation_offloading", key: "actoffload", take: takeFlag },
  { field: "loss_type", key: "loss", take: takeWord({ nll: "full", chunked_nll: "fused" }) },
];

const CKPT = standsIn("1", "trainer/base_config.py:61");

const readPaddingFree = (config: Source): readonly Finding[] => {
  const field = fieldOf(config, "padding_free");
  return field !== undefined && isOn(field.value) ? [{ kind: "read", field, key: "packing", text: "1" }] : [];
};

/** A trainer of transformers itself, with its own arguments. */
const TRANSFORMERS: Finding = {
  kind: "assumed",
  key: "stack",
  text: "transformers",
  sentence: "No class of TRL is called.",
};

const isOfTrlAlone = (source: Source): boolean =>
  (source.calls ?? []).some(({ name }) => /^(SFT|DPO|GRPO|KTO|ORPO|CPO|RLOO|PPO|Reward|GKD|BCO|OnlineDPO)/.test(name));

const readAdapters = (source: Source): readonly Finding[] =>
  callName(source, ADAPTERS) === undefined ? [] : readPeftConfig(argumentsOf(source, ADAPTERS));

const AUTO = ["AutoModelForCausalLM", "AutoModel", "AutoModelForSequenceClassification", "AutoModelForImageTextToText"];

/** Scripts of TRL and of the Trainer, with PEFT and bitsandbytes: calls of their classes. @see trl@f2cd5771 (1.10.0.dev0):trl/trainer/ */
export const TRL_SCRIPT_READER: ToolReader = {
  id: "trl-script",
  name: "TRL 1.10 in Python",
  stack: "trl",
  says: "run",
  recognises: (source) => [CONFIGS, TRAINERS, ADAPTERS].some((kind) => callName(source, kind) !== undefined),
  read: (source, look) => {
    const { config, configName, objective, isOfTrl } = readObjective(source);
    const own = together(source, [config, argumentsOf(source, TRAINERS)]);
    const ofTrl = isOfTrlAlone(source);
    return [
      ...(ofTrl ? [] : [TRANSFORMERS]),
      ...readLoadedModel(source, config, look),
      ...readAdapters(source),
      ...readTrainingArguments(own, isOfTrl ? { ckpt: CKPT } : {}),
      ...(ofTrl ? readFields(own, OF_TRL) : []),
      ...readPaddingFree(own),
      ...readTrainerSharding(own, {}),
      ...objective.findings,
      ...otherCalls(
        source,
        [LOAD, CONFIGS, ADAPTERS],
        [LOAD, ADAPTERS].map((kind) => callName(source, kind) ?? "").concat(configName),
      ),
      ...objectsOfTrainers(source, ["packing", "max_seq_length", "max_length"]),
    ];
  },
  harmless: [
    ...HARMLESS_OF_SCRIPTS,
    ...harmlessOf(
      AUTO.map((name) => `${name}.from_pretrained`),
      ["quantization_config", "device_map", "trust_remote_code", "token", "use_auth_token", "cache_dir", "revision"],
    ),
    ...harmlessOf(
      AUTO.map((name) => `${name}.from_pretrained`),
      ["low_cpu_mem_usage", "use_cache", "dtype", "torch_dtype", "num_labels", "local_files_only"],
    ),
    ...harmlessOf(
      ["BitsAndBytesConfig"],
      ["bnb_4bit_compute_dtype", "bnb_4bit_quant_storage", "load_in_4bit", "load_in_8bit"],
    ),
    ...harmlessOf(["BitsAndBytesConfig"], ["bnb_4bit_quant_type", "bnb_4bit_use_double_quant", "llm_int8_threshold"]),
    ...harmlessOf(["LoraConfig", "AdaLoraConfig", "VeraConfig", "IA3Config"], HARMLESS_OF_PEFT),
    "get_peft_model.",
    "prepare_model_for_kbit_training.",
  ],
};
