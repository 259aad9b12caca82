// Exporter of an Unsloth script with TRL's SFTTrainer.

import { UNSLOTH_LINES } from "#interop/config-lines/libraries/unsloth.ts";
import {
  type Exporter,
  type Exporting,
  LEARNING_RATE,
  PLACEHOLDER,
  PLACEHOLDERS,
  VERSIONS,
  fieldsWithin,
} from "./exporter.ts";
import { argumentsOf, pythonCall, pythonComment, pythonFile, quotedText } from "./file-text.ts";

const LOAD = "FastLanguageModel.from_pretrained";
const ADAPT = "FastLanguageModel.get_peft_model";
const CONFIG = "SFTConfig";

/** Unsloth is imported first: it changes what the others are. */
const IMPORTS = [
  "from unsloth import FastLanguageModel",
  "from datasets import load_dataset",
  "from trl import SFTConfig, SFTTrainer",
];

const script = (exporting: Exporting): string => {
  const { written, head, base, run } = exporting;
  const remark = base.placeholder === null ? [] : [`# ${PLACEHOLDER}: ${base.placeholder}`];
  const argumentsWithin = (within: string): readonly string[] => argumentsOf(fieldsWithin(written, within));
  return pythonFile([
    pythonComment(head),
    IMPORTS,
    [
      ...remark,
      ...pythonCall("model, tokenizer", LOAD, [`model_name=${quotedText(base.name)}`, ...argumentsWithin(LOAD)]),
    ],
    run.choices.method === "full" ? [] : pythonCall("model", ADAPT, ["model", ...argumentsWithin(ADAPT)]),
    [`train_dataset = load_dataset("${PLACEHOLDERS.data}", split="train")  # ${PLACEHOLDER}: rows with a "text"`],
    pythonCall("training_args", CONFIG, [
      `output_dir="${PLACEHOLDERS.output}"`,
      ...argumentsWithin(CONFIG),
      `learning_rate=${LEARNING_RATE}`,
    ]),
    pythonCall("trainer", "SFTTrainer", [
      "model=model",
      "processing_class=tokenizer",
      "train_dataset=train_dataset",
      "args=training_args",
    ]),
    ["trainer.train()"],
  ]);
};

/** A script of Unsloth with TRL's SFTTrainer. */
export const UNSLOTH_SCRIPT: Exporter = {
  name: `Unsloth ${VERSIONS.unsloth}, TRL ${VERSIONS.trl}`,
  stack: "unsloth",
  settings: UNSLOTH_LINES.settings,
  always: [`${LOAD}.load_in_4bit`, `${LOAD}.use_gradient_checkpointing`, `${ADAPT}.use_gradient_checkpointing`],
  start: ({ choices }) =>
    choices.gpus === 1 ? "python train.py" : `torchrun --nproc_per_node ${choices.gpus} train.py`,
  files: (exporting) => [{ name: "train.py", text: script(exporting) }],
};
