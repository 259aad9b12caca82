import { PEFT_TUNERS, classOf, TRL_OBJECTIVES } from "#interop/import/own-name.ts";
import { HARMLESS_OF_BITS } from "#interop/import/tools/hugging-face/bitsandbytes.ts";
import { HARMLESS_OF_PEFT, readPeftConfig, typeOfClass } from "#interop/import/tools/peft/peft-config.ts";
import {
  harmlessOf,
  argumentsOf,
  callField,
  callName,
  objectsOfTrainers,
  otherCalls,
  mergedFields,
} from "#interop/import/tools/python/called.ts";
import {
  defaultsOf,
  type Finding,
  type FieldRule,
  readFields,
  type Source,
  takeFlag,
  takeNumber,
} from "#interop/import/read-fields.ts";
import { readTeacher } from "#interop/import/objective/teacher.ts";
import { readAutocast, readPlainAutocast } from "#interop/import/tools/hugging-face/words.ts";
import { readTrainingArguments } from "#interop/import/tools/hugging-face/training-arguments.ts";
import { readAllocator } from "#interop/import/tools/launch/launcher.ts";
import { HARMLESS_OF_DISTRIBUTED, readDistributedConfig } from "#interop/import/tools/python/distributed-config.ts";
import {
  HARMLESS_OF_SCRIPTS,
  TRAINERS,
  CONFIGS,
  countedCall,
  readCalledObjective,
  readObjective,
  saidByTrainers,
} from "#interop/import/tools/python/harmless-of-scripts.ts";
import { readTrainerSharding } from "#interop/import/tools/sharding/trainer-sharding.ts";
import { readTrlLoss, PREFERENCE, readVersion } from "#interop/import/tools/trl/trl-objective.ts";
import { readPaddingFree } from "#interop/import/tools/trl/padding-free.ts";
import type { ToolReader } from "#interop/import/named-model.ts";
import { readCheckpointCalls, ADAPTERS, LOAD, loadOf, packsReference, readLoadedModel } from "./loaded-model.ts";

const BY_CONFIG = ["Model", "ModelForCausalLM", "ModelForSequenceClassification", "ModelForImageTextToText"];

const LANGUAGE =
  "Llama Mistral Mixtral Qwen2 Qwen2Moe Qwen3 Qwen3Moe Gemma Gemma2 Gemma3 Phi Phi3 GptOss OPT Falcon Olmo Olmo2";
const PICTURES = "Gemma3 Llama4 Mistral3 Qwen2VL Qwen2_5_VL Llava";

/** Calls that load a model: by the class in its config, and some by their own. */
const LOADERS = [
  ...BY_CONFIG.map((name) => `Auto${name}`),
  ...LANGUAGE.split(" ").map((family) => `${family}ForCausalLM`),
  ...PICTURES.split(" ").map((family) => `${family}ForConditionalGeneration`),
].map((name) => `${name}.from_pretrained`);

const OF_LOADERS = [
  "quantization_config",
  "distributed_config",
  "device_map",
  "device_map.",
  "trust_remote_code",
  "token",
  "use_auth_token",
  "cache_dir",
  "revision",
  "low_cpu_mem_usage",
  "use_cache",
  "load_in_4bit",
  "load_in_8bit",
  "dtype",
  "torch_dtype",
  "num_labels",
  "local_files_only",
];

/** Arguments of loading, packing and adapting a model that change nothing of a step's memory where no finding is about them. */
const HARMLESS_OF_LOADING: readonly string[] = [
  ...harmlessOf(LOADERS, OF_LOADERS),
  ...harmlessOf(["BitsAndBytesConfig"], HARMLESS_OF_BITS),
  ...harmlessOf(
    PEFT_TUNERS.map((name) => `${name}Config`),
    HARMLESS_OF_PEFT,
  ),
  "get_peft_model.",
  "prepare_model_for_kbit_training.",
  "gradient_checkpointing_enable.",
];

const standsIn = defaultsOf("TRL's default (1.10, *).");

/** Of rows that are trained on next tokens. @see trl@f2cd5771:trl/trainer/sft_config.py (lines 205, 225, 283, 296) */
const OF_SFT: readonly FieldRule[] = [
  {
    field: ["max_length", "max_seq_length"],
    key: "seq",
    take: takeNumber,
    isLength: true,
    otherwise: standsIn("1024", "trainer/sft_config.py:205"),
  },
  { field: "packing", key: "packing", take: takeFlag, otherwise: standsIn("0", "trainer/sft_config.py:225") },
];

/** Of every trainer. */
const OFFLOADED: readonly FieldRule[] = [{ field: "activation_offloading", key: "actoffload", take: takeFlag }];

/** A script of its own cuts rows where it makes tokens of them. */
const CUT: readonly FieldRule[] = [{ field: "tokenizer.max_length", key: "seq", take: takeNumber }];

const CKPT = standsIn("1", "trainer/base_config.py:61");

/** A trainer of transformers itself, with its own arguments. */
const TRANSFORMERS: Finding = {
  kind: "assumed",
  key: "stack",
  text: "transformers",
  sentence: "No class of TRL is called.",
};

/** A config or a trainer of TRL's, a second one of its kind among them. */
const OF_TRL_ALONE = classOf(TRL_OBJECTIVES, String.raw`\w*(?:\(\d+\))?`);

const isOfTrlAlone = (source: Source): boolean => (source.calls ?? []).some(({ name }) => OF_TRL_ALONE.test(name));

/** Adapters by the class of their config, which is what `peft_type` is in a file. */
const readAdapters = (source: Source): readonly Finding[] => {
  const call = callField(source, ADAPTERS);
  if (call === undefined) return [];
  const given = argumentsOf(source, ADAPTERS);
  const type = typeOfClass(call.path);
  return readPeftConfig(
    type === "LORA" ? given : { ...given, fields: new Map([...given.fields, ["peft_type", { ...call, value: type }]]) },
  );
};

const PADDED = {
  kind: "assumed",
  key: "packing",
  text: "0",
  sentence: "transformers' own trainer packs nothing: shorter rows are padded.",
} as const;

/** What packs rows, and whether a step runs under autocast: TRL's defaults, or transformers'. */
const readRows = (
  source: Source,
  own: Source,
  { ofTrl, hasOwnConfig, isSft }: Readonly<{ ofTrl: boolean; hasOwnConfig: boolean; isSft: boolean }>,
): readonly Finding[] => [
  ...(hasOwnConfig ? readAutocast(own) : readPlainAutocast(own)),
  ...(ofTrl
    ? [
        ...(isSft ? [...readFields(own, OF_SFT), ...readTrlLoss(own, PREFERENCE)] : []),
        ...readFields(own, OFFLOADED),
        ...readPaddingFree(own),
      ]
    : [PADDED, ...readFields(source, CUT)]),
];

/** A reference that is loaded in 4 bits. */
const asPacked = (found: Finding): Finding =>
  found.kind === "read" && found.key === "ref" && found.text === "copy" ? { ...found, text: "copy-4bit" } : found;

const isPacked = (findings: readonly Finding[]): boolean =>
  findings.some((found) => found.kind === "read" && found.key === "method" && found.text === "qlora");

/** Scripts of TRL and of the Trainer, with PEFT and bitsandbytes: calls of their classes. @see trl@f2cd5771 (1.10.0.dev0):trl/trainer/ */
export const TRL_SCRIPT_READER: ToolReader = {
  id: "trl-script",
  name: "TRL 1.10 in Python",
  stack: "trl",
  says: "run",
  recognises: (source) => [CONFIGS, TRAINERS, ADAPTERS].some((kind) => callName(source, kind) !== undefined),
  read: (source, look) => {
    const { config, configName, objective, isOfTrl } = readObjective(source);
    const own = mergedFields(source, [config, argumentsOf(source, TRAINERS)]);
    const ofTrl = isOfTrlAlone(source);
    // Without a config of its own a trainer of TRL makes one.
    const hasOwnConfig = isOfTrl || (ofTrl && configName === "");
    const counted = countedCall(own, objective);
    const loaded = readLoadedModel(source, config, look);
    const packs = packsReference(source);
    return [
      ...(ofTrl ? [] : [TRANSFORMERS]),
      ...loaded,
      ...readAdapters(source),
      ...readTrainingArguments(own, hasOwnConfig ? { ckpt: CKPT } : {}),
      ...readCheckpointCalls(source, isPacked(loaded)),
      ...readRows(source, own, { ofTrl, hasOwnConfig, isSft: counted === undefined }),
      ...readTrainerSharding(own, {}),
      ...readDistributedConfig(source),
      ...readAllocator(source),
      ...readCalledObjective(own, objective).map((found) => (packs ? asPacked(found) : found)),
      ...(counted === undefined
        ? []
        : [...readVersion(own, counted), ...readTeacher(own, counted, { ...look, findings: loaded })]),
      ...otherCalls(
        source,
        [LOAD, CONFIGS, ADAPTERS],
        [loadOf(source), ADAPTERS].map((kind) => callName(source, kind) ?? "").concat(configName),
      ),
      ...objectsOfTrainers(source, saidByTrainers(counted)),
    ];
  },
  harmless: [...HARMLESS_OF_SCRIPTS, ...HARMLESS_OF_LOADING, ...HARMLESS_OF_DISTRIBUTED],
};
