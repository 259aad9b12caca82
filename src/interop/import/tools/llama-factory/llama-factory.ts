import type { Catalog } from "#catalog/catalog.ts";
import { type Finding, fieldOf, isOn, readFields, type Source, readUnmodelled } from "#interop/import/read-fields.ts";
import { readModel, type ToolReader } from "#interop/import/named-model.ts";
import { countedAsTrl } from "#interop/import/objective/as-trl.ts";
import { type OwnEvaluation, RESUMES } from "#interop/import/tools/hugging-face/evaluation-arguments.ts";
import { readTrainingArguments } from "#interop/import/tools/hugging-face/training-arguments.ts";
import { FACTORY_RUNS, factoryObjective, readFactoryObjective, readFactoryStep } from "./factory-objective.ts";
import { readFactoryMethod } from "./factory-method.ts";
import { HARMLESS_OF_FACTORY, UNMODELLED_OF_FACTORY } from "./unmodelled-of-factory.ts";
import { JSONS_OF_LLAMA_FACTORY } from "#interop/import/tools/sharding/shipped-deepspeed.ts";
import { readTrainerSharding } from "#interop/import/tools/sharding/trainer-sharding.ts";
import { withLauncher } from "#interop/import/tools/launch/launcher.ts";

/** Fields of a file that trains. */
const OF_TRAINING = [
  "stage",
  "do_train",
  "dataset",
  "output_dir",
  "learning_rate",
  "cutoff_len",
  "num_train_epochs",
  "per_device_train_batch_size",
];

const NO_TRAINING = "The file trains nothing: it predicts, evaluates, chats or exports.";

const isOnAt = ({ fields }: Source, name: string): boolean => isOn(fields.get(name)?.value ?? undefined);

/** Whether a file trains; `do_predict` without `do_train` predicts alone. */
const trains = (source: Source): boolean =>
  isOnAt(source, "do_train") ||
  (OF_TRAINING.some((name) => source.fields.has(name)) &&
    !["do_predict", "do_eval"].some((name) => isOnAt(source, name)));

/** Fields that no other tool has. */
const OWN = ["finetuning_type", "cutoff_len", "quantization_bit", "lora_rank", "template", "flash_attn"];

/** `do_eval` evaluates once more when training has ended; `compute_accuracy` keeps the argmax. @see LLaMA-Factory:src/llamafactory/train/sft/workflow.py, run_sft */
const EVALUATION: OwnEvaluation = {
  switches: ["do_eval"],
  keeps: [{ field: "compute_accuracy", key: "evalkeep", take: (value) => (isOn(value) ? "argmax" : null) }],
};

const readWhole = (source: Source, catalog: Catalog): readonly Finding[] => [
  ...readModel(fieldOf(source, "model_name_or_path"), catalog),
  // The Trainer's own switch of checkpoints is not asked: the library has one of its own.
  ...readTrainingArguments(source, {}, { without: ["ckpt", "liger", "reentrant"], evaluation: EVALUATION }),
  ...readFactoryMethod(source),
  ...readFactoryStep(source),
  ...readFields(source, [RESUMES]),
  ...readTrainerSharding(source, JSONS_OF_LLAMA_FACTORY),
  ...readFactoryObjective(source),
  ...readUnmodelled(source, UNMODELLED_OF_FACTORY),
];

const readRun = (source: Source, catalog: Catalog): readonly Finding[] => {
  const objective = factoryObjective(source);
  const findings = readWhole(source, catalog);
  return objective === undefined ? findings : countedAsTrl(findings, objective, FACTORY_RUNS);
};

/** LLaMA-Factory's YAML. @see LLaMA-Factory@ff6d4d12 (0.9.5):src/llamafactory/hparams/ */
export const LLAMA_FACTORY_READER: ToolReader = {
  id: "llama-factory",
  name: "LLaMA-Factory 0.9.5",
  stack: "llama-factory",
  says: "run",
  recognises: ({ fields }) => fields.has("model_name_or_path") && OWN.some((name) => fields.has(name)),
  read: (source, { catalog }) =>
    trains(source) ? readRun(source, catalog) : [{ kind: "refused", field: null, sentence: NO_TRAINING }],
  harmless: HARMLESS_OF_FACTORY,
};

const NEXT = "LLaMA-Factory's new format, of its version 1, is not read; that of 0.9 is.";

/** The format of its version 1, which is being written. @see LLaMA-Factory@ff6d4d12:examples/v1/ */
export const NEXT_LLAMA_FACTORY_READER: ToolReader = {
  ...LLAMA_FACTORY_READER,
  id: "llama-factory-1",
  name: "LLaMA-Factory 1",
  recognises: ({ fields }) =>
    fields.has("model") && ["train_dataset", "peft_config.name", "dist_config.name"].some((name) => fields.has(name)),
  read: ({ fields }) => [{ kind: "refused", field: fields.get("model") ?? null, sentence: NEXT }],
};

/** LLaMA-Factory's fields as flags of a command line, with what launches it. */
export const LLAMA_FACTORY_COMMAND_READER: ToolReader = withLauncher(LLAMA_FACTORY_READER);
