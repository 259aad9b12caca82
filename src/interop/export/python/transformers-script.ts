import { TRANSFORMERS_LINES } from "#interop/config-lines/libraries/transformers.ts";
import type { Exporter, Exporting } from "#interop/export/exporter.ts";
import { LEARNING_RATE, PLACEHOLDER, PLACEHOLDERS } from "#interop/export/placeholders.ts";
import { VERSIONS } from "#interop/export/versions.ts";
import { accelerateBeside, scriptStart } from "#interop/export/with-accelerate.ts";
import { fieldsWithin } from "#interop/export/written.ts";
import {
  adaptedModel,
  adapterConfig,
  kbitLine,
  loadedModel,
  modelImports,
  stepsLine,
  torchImport,
} from "./base-model.ts";
import { argumentsOf, importLine, pythonCall, pythonComment, pythonFile } from "./python-call.ts";

const ARGUMENTS = "TrainingArguments";

const imports = (exporting: Exporting): readonly string[] => {
  const { peft, transformers } = modelImports(exporting);
  const isAdapted = peft.length > 0;
  const isLoraFa = exporting.written.statements.has("lorafa");
  return [
    ...torchImport(exporting),
    ...importLine("datasets", ["load_dataset"]),
    ...importLine("peft", isAdapted ? [...peft, "get_peft_model"] : []),
    ...importLine("peft.optimizers", isLoraFa ? ["create_lorafa_optimizer"] : []),
    ...importLine("transformers", [...transformers, "DataCollatorForLanguageModeling", "Trainer", ARGUMENTS]),
  ];
};

const rows = (exporting: Exporting): readonly string[] => [
  "if tokenizer.pad_token is None:",
  "    tokenizer.pad_token = tokenizer.eos_token",
  "",
  "",
  "def tokens_of(rows):",
  `    return tokenizer(rows["text"], truncation=True, ${argumentsOf(fieldsWithin(exporting.written, "tokenizer")).join(", ")})`,
  "",
  "",
  `train_dataset = load_dataset("${PLACEHOLDERS.data}", split="train")  # ${PLACEHOLDER}: rows with a "text"`,
  "train_dataset = train_dataset.map(tokens_of, batched=True, remove_columns=train_dataset.column_names)",
];

/** The arguments come first: they tell each process which GPU is its own. */
const script = (exporting: Exporting): string => {
  const { written, head } = exporting;
  const steps = stepsLine(exporting);
  const lorafa = written.statements.get("lorafa");
  return pythonFile([
    pythonComment(head),
    imports(exporting),
    steps,
    pythonCall("training_args", ARGUMENTS, [
      `output_dir="${PLACEHOLDERS.output}"`,
      ...argumentsOf(fieldsWithin(written, ARGUMENTS)),
      `learning_rate=${LEARNING_RATE}`,
      ...(steps.length === 0 ? [] : ["max_steps=max_steps"]),
    ]),
    ...loadedModel(exporting),
    kbitLine(exporting),
    adapterConfig(exporting),
    adaptedModel(exporting),
    lorafa === undefined ? [] : [lorafa],
    rows(exporting),
    pythonCall("trainer", "Trainer", [
      "model=model",
      "args=training_args",
      "train_dataset=train_dataset",
      "data_collator=DataCollatorForLanguageModeling(tokenizer, mlm=False)",
      ...(lorafa === undefined ? [] : ["optimizers=(optimizer, None)"]),
    ]),
    ["trainer.train()"],
  ]);
};

/** A script of transformers' Trainer with PEFT. */
export const TRANSFORMERS_SCRIPT: Exporter = {
  name: `transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "transformers",
  settings: TRANSFORMERS_LINES.settings,
  always: ["from_pretrained.dtype"],
  start: scriptStart,
  files: (exporting) => [
    { name: "train.py", text: script(exporting) },
    ...accelerateBeside(exporting.run, exporting.head),
  ],
};
