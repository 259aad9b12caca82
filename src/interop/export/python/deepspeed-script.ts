import type { Exporting } from "#interop/export/exporter.ts";
import { PLACEHOLDER, PLACEHOLDERS } from "#interop/export/placeholders.ts";
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

/** A base that is quantised while it loads goes to the GPU of its process, which no other line says before. */
const ownGpu = ({ run }: Exporting): readonly string[] =>
  run.choices.gpus === 1 ? [] : ['torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))'];

const imports = (exporting: Exporting): readonly string[] => {
  const { peft, transformers } = modelImports(exporting);
  const isShared = ownGpu(exporting).length > 0;
  return [
    ...(isShared ? ["import os"] : []),
    "import deepspeed",
    ...(isShared ? ["import torch"] : torchImport(exporting)),
    ...importLine("datasets", ["load_dataset"]),
    ...importLine("peft", peft.length === 0 ? [] : [...peft, "get_peft_model"]),
    ...importLine("transformers", [...transformers, "DataCollatorForLanguageModeling"]),
  ];
};

const data = ({ written }: Exporting): readonly string[] => [
  "if tokenizer.pad_token is None:",
  "    tokenizer.pad_token = tokenizer.eos_token",
  "",
  "",
  "def tokens_of(rows):",
  `    return tokenizer(rows["text"], truncation=True, ${argumentsOf(fieldsWithin(written, "tokenizer")).join(", ")})`,
  "",
  "",
  `train_dataset = load_dataset("${PLACEHOLDERS.data}", split="train")  # ${PLACEHOLDER}: rows with a "text"`,
  "train_dataset = train_dataset.map(tokens_of, batched=True, remove_columns=train_dataset.column_names)",
];

/** The engine makes batches of the size that its JSON names, and steps where micro steps are full. */
const LOOP = [
  "for batch in loader:",
  "    loss = engine(**batch.to(engine.device)).loss",
  "    engine.backward(loss)",
  "    engine.step()",
];

/** A loop around DeepSpeed's engine. */
export const deepspeedScript = (exporting: Exporting, config: string): string => {
  const checkpointing = exporting.written.statements.get("checkpointing");
  return pythonFile([
    pythonComment(exporting.head),
    imports(exporting),
    stepsLine(exporting),
    ownGpu(exporting),
    ...loadedModel(exporting),
    kbitLine(exporting),
    checkpointing === undefined ? [] : [checkpointing],
    adapterConfig(exporting),
    adaptedModel(exporting),
    data(exporting),
    pythonCall("engine, _, loader, _", "deepspeed.initialize", [
      "model=model",
      "model_parameters=[each for each in model.parameters() if each.requires_grad]",
      "training_data=train_dataset",
      "collate_fn=DataCollatorForLanguageModeling(tokenizer, mlm=False)",
      `config="${config}"`,
    ]),
    LOOP,
  ]);
};
