// Exporters of Python scripts with transformers' Trainer and TRL's trainers.

import { type Exporter, type Exporting, LEARNING_RATE, PLACEHOLDERS, VERSIONS, fieldsWithin } from "./exporter.ts";
import { accelerateBeside, scriptStart } from "./accelerate-yaml.ts";
import {
  adaptedModel,
  adapterConfig,
  kbitLine,
  loadedModel,
  scriptImports,
  stepsLine,
  adapterClass,
  tokenRows,
} from "./script-model.ts";
import { argumentsOf, importLine, pythonCall, pythonComment, pythonFile } from "./file-text.ts";
import { TRANSFORMERS_LINES } from "#interop/config-lines/libraries/transformers.ts";

/** What the script of a trainer has of its own. */
export type OwnScript = Readonly<{
  trainer: string;
  /** The class of its arguments. */
  config: string;
  /** Where a model is imported from, and with it what the trainer asks for. */
  imports: (transformers: readonly string[]) => readonly string[];
  /** Whether adapters are put in before the trainer has the model. */
  adaptsBefore: (exporting: Exporting) => boolean;
  /** What is loaded beside the model. */
  loadsBeside?: (exporting: Exporting) => readonly (readonly string[])[];
  data: (exporting: Exporting) => readonly string[];
  /** What the trainer is handed beside a model, its arguments, data and an optimizer. */
  handed: (exporting: Exporting) => readonly string[];
}>;

const lorafaOf = ({ written }: Exporting): string | undefined => written.statements.get("lorafa");

const imports = (exporting: Exporting, own: OwnScript): readonly string[] =>
  scriptImports(exporting, {
    adapts: own.adaptsBefore(exporting),
    last: (transformers) => [
      ...importLine("peft.optimizers", lorafaOf(exporting) === undefined ? [] : ["create_lorafa_optimizer"]),
      ...own.imports(transformers),
    ],
  });

/** The arguments come first: they tell each process which GPU is its own. */
const script = (exporting: Exporting, own: OwnScript): string => {
  const steps = stepsLine(exporting);
  const lorafa = lorafaOf(exporting);
  return pythonFile([
    pythonComment(exporting.head),
    imports(exporting, own),
    steps,
    pythonCall("training_args", own.config, [
      `output_dir="${PLACEHOLDERS.output}"`,
      ...argumentsOf(fieldsWithin(exporting.written, own.config)),
      `learning_rate=${LEARNING_RATE}`,
      ...(steps.length === 0 ? [] : ["max_steps=max_steps"]),
    ]),
    ...loadedModel(exporting),
    ...(own.loadsBeside?.(exporting) ?? []),
    kbitLine(exporting),
    adapterConfig(exporting),
    own.adaptsBefore(exporting) ? adaptedModel(exporting) : [],
    lorafa === undefined ? [] : [lorafa],
    own.data(exporting),
    pythonCall("trainer", own.trainer, [
      "model=model",
      "args=training_args",
      "train_dataset=train_dataset",
      ...own.handed(exporting),
      ...(lorafa === undefined ? [] : ["optimizers=(optimizer, None)"]),
    ]),
    ["trainer.train()"],
  ]);
};

/** A script of one of Hugging Face's trainers with PEFT, and accelerate's file where it is started with that. */
export const trainerScript = ({
  name,
  own,
  ...exporter
}: Pick<Exporter, "name" | "stack" | "settings" | "writesFor"> &
  Readonly<{ own: (run: Exporting["run"]) => OwnScript }>): Exporter => ({
  name,
  ...exporter,
  always: ["from_pretrained.dtype"],
  start: scriptStart,
  files: (exporting) => [
    { name: "train.py", text: script(exporting, own(exporting.run)) },
    ...accelerateBeside(exporting.run, exporting.head),
  ],
});

const TRAINER = "Trainer";
const ARGUMENTS = "TrainingArguments";
const COLLATOR = "DataCollatorForLanguageModeling";

/** A script of transformers' Trainer with PEFT. */
export const TRANSFORMERS_SCRIPT: Exporter = trainerScript({
  name: `transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "transformers",
  settings: TRANSFORMERS_LINES.settings,
  own: () => ({
    trainer: TRAINER,
    config: ARGUMENTS,
    imports: (transformers) => importLine("transformers", [...transformers, COLLATOR, TRAINER, ARGUMENTS]),
    adaptsBefore: (exporting) => adapterClass(exporting) !== undefined,
    data: tokenRows,
    handed: () => [`data_collator=${COLLATOR}(tokenizer, mlm=False)`],
  }),
});
