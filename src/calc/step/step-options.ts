// Tape options of a scenario: types, masks, padding, gradient share; and drawn lengths of steps.

import type { Machine } from "#calc/base/machine.ts";
import type { Families } from "#calc/families/families.ts";
import { bytesPerParameter, type Dtype, type ParameterFormat, ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { optimizerOf } from "#calc/optimizers/optimizer.ts";
import { adapterFormat } from "#calc/parameters/storage-formats.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { virtualTokensOf } from "#calc/model/tuners.ts";
import { OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { countsMasks, isPadded, reachesWindow } from "#calc/model/scenario-traits.ts";
import { tokensOf, tokensOfTrlHead, TRL_TOKENS } from "#calc/modules/loss-tokens.ts";
import { TILE_WIDTH } from "#calc/tape/ops/head-kernels.ts";
import type { Code } from "./strategy.ts";
import { strategyOf, type Workings } from "./workings.ts";

/** The element type that a tensor is computed in: fp32, or bf16, which stands for every 16-bit type. */
export const elementOf = (format: ParameterFormat): Dtype =>
  bytesPerParameter(format) >= ELEMENT_BYTES.fp32 ? "fp32" : "bf16";

/** The memory-efficient kernel reads rows of a bias in so many elements at once. */
const BIAS_ALIGNMENT = 8;

const rowsOf = (positions: number): NonNullable<StepOptions["padding"]> =>
  positions % BIAS_ALIGNMENT === 0 ? "even" : "odd";

const isOnePair = ({ objective, micro_batch_size }: Scenario): boolean =>
  OBJECTIVE_TRAITS[objective].sidesApart === true && micro_batch_size === 2;

/** Whether TRL's head goes over the vocabulary, its one tile, for more than one tile of tokens. */
const takesHeadAgain = ({ loss, architecture, method, ...batch }: Scenario): boolean => {
  if (loss.kind !== "fused" || loss.kernel !== "trl" || architecture.vocab_size > TILE_WIDTH) return false;
  return tokensOfTrlHead(loss, tokensOf(method, batch)) > TRL_TOKENS;
};

type BatchOptions = Pick<
  StepOptions,
  | "singleRow"
  | "singleChunk"
  | "paddedChunk"
  | "padding"
  | "mismatchedPadding"
  | "windowMask"
  | "tilesOfTokens"
  | "singlePair"
>;

/** Which masks attention gets. */
const masksOf = (
  scenario: Scenario,
  { positions, mismatched }: Readonly<{ positions: number; mismatched: number | null }>,
): Pick<StepOptions, "padding" | "mismatchedPadding" | "windowMask"> => {
  if (!countsMasks(scenario)) return {};
  if (isPadded(scenario))
    return {
      padding: rowsOf(positions),
      ...(mismatched !== null && { mismatchedPadding: rowsOf(mismatched) }),
    };
  const isMade = scenario.attn_implementation !== "eager" && reachesWindow(scenario, positions);
  return isMade ? { windowMask: rowsOf(positions) } : {};
};

/** The only options of a step that depend on batch and length. */
export const batchOptionsOf = ({ modellingOf }: Families, scenario: Scenario): BatchOptions => {
  const { architecture, modelling, micro_batch_size, method, sequence_length, mismatched_length } = scenario;
  const virtual = virtualTokensOf(method);
  const positions = sequence_length + virtual;
  const { chunkSize = 1 } = modellingOf(architecture.model_type, modelling).forward;
  return {
    singleRow: micro_batch_size === 1,
    singleChunk: positions <= chunkSize,
    paddedChunk: positions % chunkSize > 0,
    ...(isOnePair(scenario) && { singlePair: true }),
    ...(takesHeadAgain(scenario) && { tilesOfTokens: true }),
    ...masksOf(scenario, {
      positions,
      mismatched: mismatched_length === undefined ? null : mismatched_length + virtual,
    }),
  };
};

/** What only some scenarios ask for. */
const askedOf = ({
  reference,
  wholeStatistics,
  loss_type,
  trainer,
  teacher,
  scalesLoss,
  reentrant,
  kernels,
}: Scenario): Pick<
  StepOptions,
  "reference" | "wholeStatistics" | "loss_type" | "trainer" | "teacher" | "scalesLoss" | "reentrant" | "kernels"
> => ({
  ...(reference !== undefined && { reference }),
  ...(wholeStatistics && { wholeStatistics }),
  ...(loss_type !== undefined && { loss_type }),
  ...(trainer !== undefined && { trainer }),
  ...(teacher && { teacher: { architecture: teacher.architecture, weights: elementOf(teacher.weights) } }),
  ...(scalesLoss && { scalesLoss }),
  ...(reentrant !== undefined && { reentrant }),
  ...(kernels && { kernels }),
});

/**
 * The options with which the tape runs a scenario. Formats that PyTorch has no tensors of (0.5 bytes a parameter, int8 weights outside a quantised base) are
 * computed in 16 bits, wider ones in fp32.
 */
export const stepOptionsOf = (code: Code, scenario: Scenario, machine: Machine): StepOptions => {
  const { method } = scenario;
  const { windowMask, ...ofBatch } = batchOptionsOf(code.families, scenario);
  const adapters = method.kind === "full" ? "bf16" : elementOf(adapterFormat(method));
  return {
    architecture: scenario.architecture,
    modelling: scenario.modelling,
    objective: scenario.objective,
    ...askedOf(scenario),
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
    ...ofBatch,
    ...(windowMask !== undefined && machine.withoutWindowMasks !== true && { windowMask }),
    gradientShare: 1,
    updatesInBackward: optimizerOf(code.optimizers, scenario.optim).updatesInBackward ?? null,
    fakeTensors: !machine.gradientsAddInPlace,
    ranks: null,
  };
};

/** Shares are multiples of this, so that the bytes of blocks are of 2^-9 B, and sums of up to 2^44 B exact in whatever order they are made. */
const SHARE_STEP = 2 ** -18;

/** The width of a gradient's type in the scenario, divided by its width on the tape, where it has its parameter's type. */
const gradientShareOf = ({ gradients, method, weights }: Scenario, options: StepOptions): number => {
  const format = gradients ?? (method.kind === "full" ? weights : adapterFormat(method));
  const element = method.kind === "full" ? options.weights : options.adapters;
  return Math.round(bytesPerParameter(format) / ELEMENT_BYTES[element] / SHARE_STEP) * SHARE_STEP;
};

/** The options with which the tape runs a scenario on a GPU that holds everything. */
export const tapeOptionsOfOneGpu = (code: Code, scenario: Scenario, machine: Machine): StepOptions => {
  const options = stepOptionsOf(code, scenario, machine);
  const { division } = scenario;
  return { ...options, gradientShare: gradientShareOf(scenario, options), ...(division && { division }) };
};

/** The options with which the tape runs a scenario on a machine. */
export const tapeOptionsOf = (workings: Workings, scenario: Scenario, machine: Machine): StepOptions =>
  strategyOf(workings, scenario)?.tapeOptions(workings, scenario, machine) ??
  tapeOptionsOfOneGpu(workings, scenario, machine);
