// Python script with a training loop around DeepSpeed's engine.

import { type Exporting, type Exporter, LEARNING_RATE, VERSIONS, fieldsWithin } from "./exporter.ts";
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
import { DEEPSPEED_LINES } from "#interop/config-lines/libraries/deepspeed.ts";
import type { Value } from "#interop/config-lines/setting.ts";

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
const deepspeedScript = (exporting: Exporting, config: string): string => {
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

const FILE = "ds_config.json";

type Json = string | number | boolean | null | Readonly<{ [name: string]: Json }>;

/** Sections stand in settings as JSON. */
const jsonOf = (value: Value): Json => {
  if (typeof value === "object" && value !== null && "code" in value) return JSON.parse(value.code) as Json;
  return value as Json;
};

/** Its own optimizer asks for a rate. */
const withRate = (field: string, value: Json): Json =>
  field === "optimizer" && typeof value === "object" ? { ...value, params: { lr: LEARNING_RATE } } : value;

/** DeepSpeed's JSON, which takes no comments. @see DeepSpeed@0.19.8:deepspeed/runtime/constants.py, BFLOAT16, FP16 */
const json = ({ run, written }: Exporting): string => {
  const { compute } = run.resolved;
  const fields = fieldsWithin(written, FILE).map(({ field, value }) => [field, withRate(field, jsonOf(value))]);
  const precision = compute === "fp32" ? {} : { [compute]: { enabled: true } };
  return `${JSON.stringify({ ...Object.fromEntries(fields), ...precision }, null, 2)}\n`;
};

const start = (gpus: number): string => (gpus === 1 ? "deepspeed train.py" : `deepspeed --num_gpus ${gpus} train.py`);

/** DeepSpeed's engine around a model of transformers: its JSON, and the script that hands it over. */
export const DEEPSPEED_FILES: Exporter = {
  name: `DeepSpeed ${VERSIONS.deepspeed}, transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "deepspeed",
  settings: DEEPSPEED_LINES.settings,
  always: ["from_pretrained.dtype", `${FILE}.gradient_accumulation_steps`, `${FILE}.zero_optimization`],
  start: ({ choices }) => start(choices.gpus),
  files: (exporting) => [
    { name: FILE, text: json(exporting) },
    { name: "train.py", text: deepspeedScript(exporting, FILE) },
  ],
};
