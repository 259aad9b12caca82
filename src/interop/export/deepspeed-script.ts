import type { Exporting } from "./exporter.ts";
import {
  adaptedModel,
  adapterClass,
  adapterConfig,
  kbitLine,
  loadedModel,
  scriptImports,
  stepsLine,
  tokenRows,
} from "./script-model.ts";
import { importLine, pythonCall, pythonComment, pythonFile } from "./file-text.ts";

/** A base that is quantised while it loads goes to the GPU of its process, which no other line says before. */
const ownGpu = ({ run }: Exporting): readonly string[] =>
  run.choices.gpus === 1 ? [] : ['torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))'];

const imports = (exporting: Exporting): readonly string[] => {
  const isShared = ownGpu(exporting).length > 0;
  return scriptImports(exporting, {
    first: [...(isShared ? ["import os"] : []), "import deepspeed"],
    torch: isShared,
    adapts: adapterClass(exporting) !== undefined,
    last: (transformers) => importLine("transformers", [...transformers, "DataCollatorForLanguageModeling"]),
  });
};

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
    tokenRows(exporting),
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
