import { modellingOf } from "#calc/families/known-families.ts";
import type { ParameterFormat } from "#calc/dtype.ts";
import { bytesPerParameter } from "#calc/dtype.ts";
import type { Scenario } from "#calc/scenario.ts";
import { optimizerOf } from "#calc/optimizers/optimizers.ts";
import { adapterFormat } from "#calc/weights/adapter-format.ts";
import type { RankOptions } from "#calc/parallel/rank-options.ts";
import type { Element } from "#calc/tape/element.ts";

/** What the shape of a step depends on: everything but batch and length, of which it takes whether they are the least. Element types are what tensors really have. */
export type StepOptions = Readonly<{
  architecture: Scenario["architecture"];
  modelling: Scenario["modelling"];
  method: Scenario["method"];
  /** What base parameters are loaded as. */
  weights: Element;
  /** What adapters are kept as. */
  adapters: Element;
  /** What autocast runs matrix products in; null without. */
  autocast: Element | null;
  gradient_checkpointing: boolean;
  selective?: Scenario["selective"];
  checkpointsOffloaded: boolean;
  savedTensorsOffloaded?: boolean;
  gradient_accumulation_steps: number;
  attn_implementation: Scenario["attn_implementation"];
  loss: Scenario["loss"];
  /** Whether the batch is one row. */
  singleRow: boolean;
  /** Whether a scan takes the sequence in one chunk, and whether it fills the last one up. */
  singleChunk: boolean;
  paddedChunk: boolean;
  /** Which share of each gradient stays on the GPU: 1 unless they are sharded, or kept in another type than their parameter. */
  gradientShare: number;
  /** Each parameter is updated in backward, with so many fp32 tensors of its size, and its gradient goes; null: in a step of its own. */
  updatesInBackward: number | null;
  /** Run as fake CPU tensors do, to be held against references, not as a GPU does: see `Tape`. */
  fakeTensors: boolean;
  /** Where parameters are gathered from several ranks. */
  ranks: RankOptions | null;
  /** How the model itself is divided over ranks. */
  division?: Scenario["division"];
  /** Which layers a stage has, from the first to before the last, how many micro batches it keeps at once, and of how many. */
  stage?: Readonly<{ layers: readonly [from: number, to: number]; inFlight: number; microBatches: number }>;
}>;

const FP32_BYTES = 4;

/** The element type that arithmetic sees: fp32, or a 16-bit type, of which all are alike here. */
export const elementOf = (format: ParameterFormat): Element =>
  bytesPerParameter(format) >= FP32_BYTES ? "fp32" : "bf16";

/** All that a step's options have of batch and length. */
export const pointOptionsOf = ({
  architecture,
  modelling,
  micro_batch_size,
  sequence_length,
}: Scenario): Pick<StepOptions, "singleRow" | "singleChunk" | "paddedChunk"> => {
  const { chunkSize = 1 } = modellingOf(architecture.model_type, modelling).forward;
  return {
    singleRow: micro_batch_size === 1,
    singleChunk: sequence_length <= chunkSize,
    paddedChunk: sequence_length % chunkSize > 0,
  };
};

/**
 * A scenario as the tape takes it. Formats that no tensor has (0.5 or 12 bytes a parameter, int8 weights outside a quantised base) are computed
 * with in 16 bit.
 */
export const stepOptionsOf = (scenario: Scenario, fakeTensors: boolean): StepOptions => {
  const { method } = scenario;
  const adapters = method.kind === "full" ? "bf16" : elementOf(adapterFormat(method));
  return {
    architecture: scenario.architecture,
    modelling: scenario.modelling,
    method,
    weights: elementOf(scenario.weights),
    adapters,
    autocast: scenario.autocast ? "bf16" : null,
    gradient_checkpointing: scenario.gradient_checkpointing,
    ...(scenario.gradient_checkpointing && scenario.selective !== undefined && { selective: scenario.selective }),
    checkpointsOffloaded: scenario.checkpointsOffloaded,
    ...(scenario.savedTensorsOffloaded && { savedTensorsOffloaded: true }),
    gradient_accumulation_steps: scenario.gradient_accumulation_steps,
    attn_implementation: scenario.attn_implementation,
    loss: scenario.loss,
    ...pointOptionsOf(scenario),
    gradientShare: 1,
    updatesInBackward: optimizerOf(scenario.optim).updatesInBackward ?? null,
    fakeTensors,
    ranks: null,
  };
};
