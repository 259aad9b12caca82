// Python script that measures a scenario's memory on a GPU, or why it cannot.

import { ENGINE } from "#calc/whole-engine.ts";
import type { ParameterFormat } from "#calc/base/dtypes.ts";
import { needsNoStrategy } from "#calc/model/division.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { quoted } from "#scenario/keys/codec/codec.ts";
import { type MeasuredScenario, measuredScenario, type MeasuredText } from "./measured-scenario.ts";
import { LEARNING_POSITIONS, REMOTE_CODE_TYPES } from "./model-config.ts";
import {
  hasOptimizer,
  TORCH_DTYPES,
  baseFunction,
  modelConstants,
  isTransformersOptimizer,
  optimizerNeeds,
  isQuantizedBase,
  QUANTIZED_BASE_CODE,
} from "./model-code.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { allocatorVariable } from "#interop/config-lines/setting.ts";
import { estimateWords, plainLetters, VERSIONS } from "#interop/export/exporter.ts";
import { importLine, pythonComment } from "#interop/export/file-text.ts";
import { isPadded } from "#calc/model/scenario-traits.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { notKnownOf } from "#scenario/choices/not-known.ts";
import { notKnownSentence } from "#scenario/choices/answer.ts";
import { adapterClass, isPrepared, loadedFunction, batchFunction, trainFunction } from "./training-code.ts";
import { ROW_IMPORTS, ROW_CODE } from "./row-code.ts";

/** Why the script cannot measure one thing; null: it can. */
type Check = (asked: MeasuredScenario) => string | null;

const isType = (format: ParameterFormat): boolean => TORCH_DTYPES[format] !== undefined;

/** The type of what is trained. */
const trainedFormat = ({ method, weights }: Scenario): ParameterFormat =>
  method.kind === "full" ? weights : method.lora.adapters;

const accounting: Check = ({ scenario }) =>
  scenario.accounting === "training-step"
    ? null
    : "The flat accounting of the article has no steps that could be measured: choose a library.";

const code: Check = ({ scenario, run }) =>
  scenario.modelling === "transformers"
    ? null
    : `The script runs the code of transformers 5, which is not that of ${run.stack.name}.`;

const ranks: Check = ({ scenario }) =>
  needsNoStrategy(scenario) && scenario.gpus === 1
    ? null
    : "The script measures a run of one GPU, with nothing of it in host memory.";

const model: Check = ({ scenario: { architecture } }) => {
  const { model_type } = architecture;
  if (!ENGINE.isKnown(model_type)) return `The script knows no config class for models of type ${quoted(model_type)}.`;
  return REMOTE_CODE_TYPES.has(model_type)
    ? `Models of type ${model_type} run code of their own repository, and the script fetches nothing.`
    : null;
};

const positions: Check = ({ scenario: { architecture, sequence_length } }) =>
  LEARNING_POSITIONS.has(architecture.model_type) && sequence_length > architecture.max_position_embeddings
    ? `The model has learned ${architecture.max_position_embeddings} positions: no longer row runs.`
    : null;

const rows: Check = ({ scenario: { lengths } }) =>
  lengths.kind === "fixed"
    ? null
    : "The script’s rows are as long in every step: what PyTorch reserves where they vary shows in hundreds of steps.";

const loss: Check = ({ scenario: { loss: path } }) =>
  path.kind === "full" && path.transformers === "5"
    ? null
    : "The script’s loss is that of the model’s own code, over full logits: other losses are kernels or code of libraries that it does not load.";

const kernels: Check = ({ scenario }) =>
  scenario.kernels === undefined
    ? null
    : "The script loads no kernels of Liger or for adapters in the place of the model’s modules.";

const activations: Check = ({ scenario }) =>
  scenario.checkpointsOffloaded || scenario.savedTensorsOffloaded
    ? "The script keeps activations on the GPU: sending them to host memory is code of libraries that it does not load."
    : null;

const selective: Check = ({ scenario }) =>
  scenario.gradient_checkpointing && scenario.selective !== undefined
    ? "The script checkpoints whole layers and all of them, as transformers does."
    : null;

const formats: Check = ({ scenario }) =>
  isType(scenario.weights) && isType(trainedFormat(scenario))
    ? null
    : "Weights and adapters have a type of PyTorch here: fp32, bf16 or fp16.";

const ownFormats: Check = ({ scenario }) => {
  const { gradients, optimizerStates, masterWeightBytes } = scenario;
  const own = trainedFormat(scenario);
  const isOwn = (format: ParameterFormat | null): boolean => format === null || format === own;
  return isOwn(gradients) && isOwn(optimizerStates) && masterWeightBytes === 0
    ? null
    : "Gradients and optimizer states are what PyTorch makes of the trained parameters: no library of the script keeps them otherwise.";
};

const scaled: Check = ({ scenario }) =>
  scenario.scalesLoss && trainedFormat(scenario) === "fp16"
    ? "PyTorch’s GradScaler refuses gradients in fp16: what is trained has to be fp32."
    : null;

const base: Check = ({ scenario: { method } }) => {
  if (method.kind !== "qlora") return null;
  const { kind } = method.quantization;
  return kind === "bnb-4bit" || kind === "bnb-8bit"
    ? null
    : "The script quantises the base with bitsandbytes: other formats are checkpoints, and it fetches none.";
};

const prepared: Check = ({ scenario: { method } }) =>
  method.kind !== "qlora" || method.kbitPreparation === "fp32" || method.kbitPreparation === "none"
    ? null
    : "The script prepares a quantised base as PEFT does, or not at all.";

const experts: Check = ({ scenario: { method } }) => {
  if (method.kind === "full") return null;
  if (method.experts !== undefined)
    return "The script leaves fused experts as they are loaded: packing them is code of libraries that it does not load.";
  return method.lora.target_parameters === undefined
    ? null
    : "PEFT takes names of modules for fused experts, too, which this library does not.";
};

const optimizer: Check = ({ scenario: { optim } }) =>
  hasOptimizer(optim)
    ? null
    : `The optimizer ${optim} is of a package that the script does not load: it has those of PyTorch, transformers and bitsandbytes.`;

const CHECKS: readonly Check[] = [
  accounting,
  code,
  ranks,
  model,
  positions,
  rows,
  loss,
  kernels,
  activations,
  selective,
  formats,
  ownFormats,
  scaled,
  base,
  prepared,
  experts,
  optimizer,
];

/** What of a scenario the script cannot do, and would measure otherwise: one sentence each. Of the flat accounting nothing else is said. */
export const cannotMeasure = (asked: MeasuredScenario): readonly string[] => {
  const flat = accounting(asked);
  return flat === null ? CHECKS.map((check) => check(asked)).filter((sentence) => sentence !== null) : [flat];
};

const FILE = "measure.py";

/** What is installed beside PyTorch. */
const packages = (asked: MeasuredScenario): readonly string[] => [
  `transformers==${VERSIONS.transformers}`,
  ...(adapterClass(asked) === undefined ? [] : [`peft==${VERSIONS.peft}`]),
  ...(isQuantizedBase(asked) || optimizerNeeds(asked.scenario.optim).length > 0 ? ["bitsandbytes"] : []),
  ...(isQuantizedBase(asked) || adapterClass(asked) !== undefined ? ["accelerate"] : []),
  ...(asked.run.resolved.attn === "flash" ? ["flash-attn"] : []),
];

const head = (asked: MeasuredScenario, instead: readonly string[]): readonly string[] =>
  pythonComment(
    [
      estimateWords(asked.answer),
      `Counted by Headroom: ${asked.link}`,
      "Measures on your own GPU what three steps of it take. Weights and tokens are random, nothing is fetched and nothing is sent.",
      "Prints one line of JSON: paste it into Headroom, and it stands beside what was counted. Without a GPU figures are null.",
      `Install beside PyTorch: pip install ${packages(asked).join(" ")}`,
      `Start: python ${FILE} > row.json`,
      ...(instead.length === 0 ? [] : ["Chosen, and measured otherwise:", ...instead.map((each) => `- ${each}`)]),
    ].map(plainLetters),
  );

/** What is set of PyTorch's allocator, before it is imported; the shell may say otherwise. */
const allocator = ({ answer: { choices } }: MeasuredScenario): readonly string[] => {
  const { statement } = allocatorVariable(choices);
  const [, name, value] = /^export (\w+)=(.*)$/.exec(statement ?? "") ?? [];
  return name === undefined ? [] : ["import os", "", `os.environ.setdefault("${name}", "${value}")`, ""];
};

const imports = (asked: MeasuredScenario): readonly string[] => {
  const { scenario, run } = asked;
  const adapters = adapterClass(asked);
  const names = [
    "AutoConfig",
    "AutoModelForCausalLM",
    ...(isQuantizedBase(asked) ? ["BitsAndBytesConfig"] : []),
    ...(isTransformersOptimizer(scenario.optim) ? ["Adafactor"] : []),
  ];
  const standard = [...ROW_IMPORTS, "import gc", "import json", ...(isPadded(scenario) ? ["import random"] : [])];
  return [
    ...allocator(asked),
    ...standard.sort(),
    "",
    ...optimizerNeeds(scenario.optim).map((name) => `import ${name}`),
    "import torch",
    ...importLine("peft", [
      ...(adapters === undefined ? [] : [adapters, "get_peft_model"]),
      ...(isPrepared(asked) ? ["prepare_model_for_kbit_training"] : []),
    ]),
    ...(run.resolved.attn === "math" ? importLine("torch.nn.attention", ["SDPBackend", "sdpa_kernel"]) : []),
    ...importLine("transformers", names),
  ];
};

const constants = (asked: MeasuredScenario): readonly string[] => [
  `LINK = ${JSON.stringify(asked.link)}`,
  'DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")',
  ...modelConstants(asked),
  // AdaLoRA asks for a number of steps, which moves no byte of one.
  ...(asked.run.tuner === "adalora" && asked.scenario.method.kind !== "full" ? ["max_steps = 1000"] : []),
];

const MAIN = `def main():
    meter = Meter()
    try:
        model = loaded()
        gc.collect()
        meter.end("load", then="forward")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        train(model, meter)
        print(json.dumps(meter.row()))
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        print(json.dumps(meter.row(str(error))))


if __name__ == "__main__":
    main()`;

/** The whole script, functions two lines apart. */
const scriptOf = (asked: MeasuredScenario, instead: readonly string[]): string =>
  [
    [...head(asked, instead), "", ...imports(asked), "", ...constants(asked)].join("\n"),
    ...(isQuantizedBase(asked) ? [QUANTIZED_BASE_CODE] : []),
    ...[baseFunction, loadedFunction, batchFunction, trainFunction].map((lines) => lines(asked).join("\n")),
    ROW_CODE.trimEnd(),
    `${MAIN}\n`,
  ].join("\n\n\n");

/**
 * A self-contained Python script that runs three optimizer steps of the method in focus, with random weights and tokens, and prints what PyTorch held at each
 * moment as one JSON row; or why there is none. It runs what the engine counts: the models of transformers 5, PEFT and bitsandbytes on one GPU.
 *
 * @see docs/measuring.md
 */
export const measureScript = (choices: Choices, catalog: Catalog): MeasuredText => {
  const unknown = notKnownOf(choices, catalog);
  if (unknown.length > 0) return { name: FILE, text: null, refused: [notKnownSentence(unknown)], instead: [] };
  const asked = measuredScenario(choices, catalog);
  const refused = cannotMeasure(asked);
  const instead = answerIssues(asked.answer).map(({ message }) => message);
  return { name: FILE, text: refused.length > 0 ? null : scriptOf(asked, instead), refused, instead };
};
