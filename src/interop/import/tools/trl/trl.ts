import {
  defaultsOf,
  type Finding,
  fieldOf,
  type FieldRule,
  isNone,
  readAs,
  readFields,
  type Source,
  takeFlag,
  takeNumber,
  wordOf,
} from "#interop/import/read-fields.ts";
import { readModel, type ToolReader } from "#interop/import/named-model.ts";
import { readAutocast, takeAttention, takeDtype } from "#interop/import/tools/hugging-face/words.ts";
import { readTrainingArguments } from "#interop/import/tools/hugging-face/training-arguments.ts";
import { HARMLESS_OF_TRL, readPaddingFree } from "./padding-free.ts";
import { readTrlLaunch, readTrlMethod, isTrlCommand, MODEL_NAMES } from "./trl-method.ts";
import { readTrlObjective } from "./trl-objective.ts";
import { withLauncher } from "#interop/import/tools/launch/launcher.ts";

const standsIn = defaultsOf("TRL's default (1.10, *).");

/** TRL checkpoints unless it is told otherwise, unlike the Trainer. @see trl@f2cd5771:trl/trainer/base_config.py:61 */
const DEFAULTS = { ckpt: standsIn("1", "trainer/base_config.py:61") };

/** @see trl@f2cd5771:trl/trainer/sft_config.py (lines 225, 296) */
const RULES: readonly FieldRule[] = [
  {
    field: ["attn_implementation", "model_init_kwargs.attn_implementation"],
    key: "attn",
    take: takeAttention,
  },
  { field: "packing", key: "packing", take: takeFlag, otherwise: standsIn("0", "trainer/sft_config.py:225") },
  { field: "activation_offloading", key: "actoffload", take: takeFlag },
];

/** The type of the weights. `auto` is the checkpoint's own. @see trl@f2cd5771:trl/trainer/model_config.py:89 */
const readWeights = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["dtype", "torch_dtype", "model_init_kwargs.dtype", "model_init_kwargs.torch_dtype"]);
  return field === undefined || field.value === null
    ? [{ kind: "assumed", key: "weights", ...standsIn("fp32", "trainer/model_config.py:89") }]
    : readAs(field, "weights", takeDtype(field.value));
};

/** How long rows of plain fine-tuning are. @see trl@f2cd5771:trl/trainer/sft_config.py:205 */
const readLength = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["max_length", "max_seq_length"]);
  if (field !== undefined && isNone(field.value)) return [{ kind: "uncut", field }];
  if (field !== undefined) return readAs(field, "seq", takeNumber(field.value));
  return [{ kind: "assumed", key: "seq", ...standsIn("1024", "trainer/sft_config.py:205") }];
};

/** Fields that TRL's scripts have, and those of others do not. @see trl@f2cd5771:trl/scripts/utils.py, trl/trainer/model_config.py, sft_config.py */
const OWN_FIELDS = [
  "use_peft",
  "lora_task_type",
  "use_bnb_nested_quant",
  "dataset_text_field",
  "dataset_mixer",
  "dataset_mixture",
  "packing",
  "padding_free",
  "max_prompt_length",
  "max_completion_length",
  "completion_only_loss",
  "assistant_only_loss",
  "loss_type",
  "num_generations",
  "activation_offloading",
] as const;

/** A command is TRL's by its words, or by a field of its own: the names of the model and of the Trainer's arguments are in many a script. */
const isOfTrl = (source: Source): boolean => {
  if (source.format !== "command") return source.fields.has("model_name_or_path");
  return (
    isTrlCommand(wordOf(fieldOf(source, "command")?.value ?? "")) ||
    (source.fields.has("model_name_or_path") && OWN_FIELDS.some((name) => source.fields.has(name)))
  );
};

/** TRL's scripts, by YAML or on a command line, and recipes of the Alignment Handbook. @see trl@f2cd5771 (1.10.0.dev0):trl/scripts/, trl/trainer/ */
export const TRL_READER: ToolReader = {
  id: "trl",
  name: "TRL 1.10",
  stack: "trl",
  says: "run",
  recognises: isOfTrl,
  read: (source, { catalog }) => {
    const model = readModel(fieldOf(source, MODEL_NAMES), catalog);
    const objective = readTrlObjective(source, { catalog, findings: model });
    return [
      ...model,
      ...readTrlMethod(source),
      ...(objective.isCounted ? [] : readLength(source)),
      ...readTrainingArguments(source, DEFAULTS),
      ...readAutocast(source),
      ...readFields(source, RULES),
      ...readPaddingFree(source),
      ...readWeights(source),
      ...objective.findings,
      ...readTrlLaunch(source),
    ];
  },
  harmless: HARMLESS_OF_TRL,
};

/** TRL's scripts on a command line, with what launches them. */
export const TRL_COMMAND_READER: ToolReader = withLauncher(TRL_READER);
