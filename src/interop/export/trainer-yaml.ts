// Exporters of YAML for Accelerate, Axolotl, LLaMA-Factory, and TRL.

import {
  type Exporter,
  VERSIONS,
  type Exporting,
  LEARNING_RATE,
  PLACEHOLDER,
  PLACEHOLDERS,
  ligerLossAlone,
} from "./exporter.ts";
import { ACCELERATE_FILE, accelerateBeside } from "./accelerate-yaml.ts";
import { AXOLOTL_LINES } from "#interop/config-lines/libraries/axolotl.ts";
import { type YamlEntry, yamlEntry, yamlText } from "./file-text.ts";
import { chosenSharding, type ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { LLAMA_FACTORY_LINES } from "#interop/config-lines/libraries/llama-factory.ts";

export const FILE = "config.yaml";

const entries = ({ base, written }: Exporting): readonly YamlEntry[] => [
  {
    field: "base_model",
    value: base.name,
    ...(base.placeholder !== null && { comment: `${PLACEHOLDER}: ${base.placeholder}` }),
  },
  { field: "datasets", value: [{ path: PLACEHOLDERS.data, type: "alpaca" }] },
  { field: "output_dir", value: PLACEHOLDERS.output, comment: PLACEHOLDER },
  ...written.fields.map(yamlEntry),
  { field: "learning_rate", value: LEARNING_RATE },
  { field: "num_epochs", value: 1 },
];

/** Axolotl's YAML. What it requires beside memory's fields: a model, data, a rate. @see axolotl@0.18.0:src/axolotl/utils/schemas/config.py */
export const AXOLOTL_YAML: Exporter = {
  name: `Axolotl ${VERSIONS.axolotl}`,
  stack: "axolotl",
  settings: AXOLOTL_LINES.settings,
  // axolotl@0.18.0:src/axolotl/utils/schemas/validation.py: two of its three fields on batches have to be set.
  always: [".gradient_accumulation_steps"],
  start: ({ choices }) =>
    `axolotl train ${FILE}${choices.gpus === 1 ? "" : ` --launcher accelerate -- --num_processes=${choices.gpus}`}`,
  files: (exporting) => [{ name: FILE, text: yamlText(exporting.head, entries(exporting)) }],
};

const llamaFactoryYamlEntries = ({ base, written }: Exporting): readonly YamlEntry[] => [
  {
    field: "model_name_or_path",
    value: base.name,
    ...(base.placeholder !== null && { comment: `${PLACEHOLDER}: ${base.placeholder}` }),
  },
  { field: "stage", value: "sft" },
  { field: "do_train", value: true },
  { field: "dataset", value: PLACEHOLDERS.data, comment: PLACEHOLDER },
  { field: "template", value: "default", comment: `${PLACEHOLDER}: the chat template of the model` },
  { field: "output_dir", value: PLACEHOLDERS.output, comment: PLACEHOLDER },
  ...written.fields.map(yamlEntry),
  { field: "learning_rate", value: LEARNING_RATE },
  { field: "num_train_epochs", value: 1 },
];

/** FSDP is accelerate's, DDP and DeepSpeed are started by its own command. */
const isAccelerated = (run: ChosenRun): boolean => chosenSharding(run).kind === "fsdp";

const start = (run: ChosenRun): string => {
  if (isAccelerated(run)) return `accelerate launch --config_file ${ACCELERATE_FILE} src/train.py ${FILE}`;
  const { gpus } = run.choices;
  const isPlain = gpus === 1 && chosenSharding(run).kind === "whole";
  return `${isPlain ? "" : `FORCE_TORCHRUN=1 NPROC_PER_NODE=${gpus} `}llamafactory-cli train ${FILE}`;
};

/** LLaMA-Factory's YAML, with accelerate's where FSDP shares the model. */
export const LLAMA_FACTORY_YAML: Exporter = {
  name: `LLaMA-Factory ${VERSIONS.llamafactory}`,
  stack: "llama-factory",
  settings: LLAMA_FACTORY_LINES.settings,
  lacks: ({ run }) => ligerLossAlone(run, "LLaMA-Factory"),
  start,
  files: (exporting) => [
    { name: FILE, text: yamlText(exporting.head, llamaFactoryYamlEntries(exporting)) },
    ...(isAccelerated(exporting.run) ? accelerateBeside(exporting.run, exporting.head) : []),
  ],
};
