import { TRL_LINES } from "#interop/config-lines/libraries/trl.ts";
import type { Exporter, Exporting } from "#interop/export/exporter.ts";
import { LEARNING_RATE, PLACEHOLDER, PLACEHOLDERS } from "#interop/export/placeholders.ts";
import { VERSIONS } from "#interop/export/versions.ts";
import { accelerateBeside, scriptStart } from "#interop/export/with-accelerate.ts";
import { fieldsWithin } from "#interop/export/written.ts";
import {
  adaptedModel,
  adapterClass,
  adapterConfig,
  kbitLine,
  loadedModel,
  modelImports,
  stepsLine,
  torchImport,
} from "./base-model.ts";
import { argumentsOf, importLine, pythonCall, pythonComment, pythonFile } from "./python-call.ts";

const CONFIG = "SFTConfig";

/** The trainer puts adapters in itself, unless they are made in another way than by its config. */
const adaptsBefore = ({ written }: Exporting): boolean =>
  fieldsWithin(written, "get_peft_model").length > 0 || written.statements.has("lorafa");

const imports = (exporting: Exporting): readonly string[] => {
  const { peft, transformers } = modelImports(exporting);
  return [
    ...torchImport(exporting),
    ...importLine("datasets", ["load_dataset"]),
    ...importLine("peft", [...peft, ...(adaptsBefore(exporting) ? ["get_peft_model"] : [])]),
    ...importLine("peft.optimizers", exporting.written.statements.has("lorafa") ? ["create_lorafa_optimizer"] : []),
    ...importLine("transformers", transformers),
    ...importLine("trl", [CONFIG, "SFTTrainer"]),
  ];
};

const script = (exporting: Exporting): string => {
  const { written, head } = exporting;
  const steps = stepsLine(exporting);
  const lorafa = written.statements.get("lorafa");
  const isBefore = adaptsBefore(exporting);
  const handsConfig = adapterClass(exporting) !== undefined && !isBefore;
  return pythonFile([
    pythonComment(head),
    imports(exporting),
    steps,
    pythonCall("training_args", CONFIG, [
      `output_dir="${PLACEHOLDERS.output}"`,
      ...argumentsOf(fieldsWithin(written, CONFIG)),
      `learning_rate=${LEARNING_RATE}`,
      ...(steps.length === 0 ? [] : ["max_steps=max_steps"]),
    ]),
    ...loadedModel(exporting),
    kbitLine(exporting),
    adapterConfig(exporting),
    isBefore ? adaptedModel(exporting) : [],
    lorafa === undefined ? [] : [lorafa],
    [
      `train_dataset = load_dataset("${PLACEHOLDERS.data}", split="train")  # ${PLACEHOLDER}: rows with "text" or "messages"`,
    ],
    pythonCall("trainer", "SFTTrainer", [
      "model=model",
      "args=training_args",
      "train_dataset=train_dataset",
      "processing_class=tokenizer",
      ...(handsConfig ? ["peft_config=peft_config"] : []),
      ...(lorafa === undefined ? [] : ["optimizers=(optimizer, None)"]),
    ]),
    ["trainer.train()"],
  ]);
};

/** A script of TRL's SFTTrainer with PEFT. */
export const TRL_SCRIPT: Exporter = {
  name: `TRL ${VERSIONS.trl}, transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "trl",
  settings: TRL_LINES.settings,
  always: ["from_pretrained.dtype"],
  start: scriptStart,
  files: (exporting) => [
    { name: "train.py", text: script(exporting) },
    ...accelerateBeside(exporting.run, exporting.head),
  ],
};
