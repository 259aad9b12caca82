import { ENGINE } from "#calc/whole-engine.ts";
import type { ParameterFormat } from "#calc/base/dtype.ts";
import { isAlone } from "#calc/model/dividing-ranks.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { quoted } from "#scenario/keys/codec/quoted.ts";
import type { Asked } from "./asked.ts";
import { LEARNING_POSITIONS, OF_REPOSITORIES } from "./config/config-names.ts";
import { hasOptimizer } from "./python/optimizer-lines.ts";
import { TORCH_DTYPES } from "./python/model-lines.ts";

/** Why the script cannot measure one thing; null: it can. */
type Check = (asked: Asked) => string | null;

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
  isAlone(scenario) && scenario.gpus === 1
    ? null
    : "The script measures a run of one GPU, with nothing of it in host memory.";

const model: Check = ({ scenario: { architecture } }) => {
  const { model_type } = architecture;
  if (!ENGINE.isKnown(model_type)) return `The script knows no config class for models of type ${quoted(model_type)}.`;
  return OF_REPOSITORIES.has(model_type)
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
export const cannotMeasure = (asked: Asked): readonly string[] => {
  const flat = accounting(asked);
  return flat === null ? CHECKS.map((check) => check(asked)).filter((sentence) => sentence !== null) : [flat];
};
