import type { RowLengths } from "#calc/model/row-lengths.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { Families } from "#calc/families/families.ts";
import { bytesPerParameter, type Dtype, type ParameterFormat, ELEMENT_BYTES } from "#calc/base/elements.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { optimizerOf } from "#calc/optimizers/optimizer.ts";
import { adapterFormat } from "#calc/parameters/weights/formats.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { virtualTokensOf } from "#calc/model/tuners.ts";
import { OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { countsMasks, isPadded, reachesWindow } from "#calc/model/scenario-traits.ts";
import { tokensOf, tokensOfTrlHead, TRL_TOKENS } from "#calc/modules/trl-head.ts";
import { TILE_WIDTH } from "#calc/tape/ops/head-kernels.ts";
import type { Code } from "./strategy.ts";
import { fractionsFrom } from "#calc/base/fractions.ts";
import { strategyOf, type Workings } from "./workings.ts";

/** An assumption: the deviation of the logarithm of a length, where lengths are log-normal. Data sets differ, and no link says it. */
const LOG_DEVIATION = 0.8;

/** A draw from the standard normal distribution, by the method of Box and Muller. */
const normal = (fraction: () => number): number =>
  Math.sqrt(-2 * Math.log(fraction())) * Math.cos(2 * Math.PI * fraction());

/**
 * Draws the length of a row, in tokens: at least 1, at most `full`, where it is cut. A log-normal length has a mean of exp(μ + σ² / 2).
 *
 * @param fraction gives fractions between 0 and 1, by chance
 */
export const drawRowLength = (
  lengths: Exclude<RowLengths, { kind: "fixed" }>,
  full: number,
  fraction: () => number,
): number => {
  const drawn =
    lengths.kind === "uniform"
      ? full * fraction()
      : lengths.mean * Math.exp(LOG_DEVIATION * normal(fraction) - LOG_DEVIATION ** 2 / 2);
  return Math.min(Math.ceil(drawn), full);
};

const FP32_BYTES = 4;

/** The element type that a tensor is computed in: fp32, or bf16, which stands for every 16-bit type. */
export const elementOf = (format: ParameterFormat): Dtype =>
  bytesPerParameter(format) >= FP32_BYTES ? "fp32" : "bf16";

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

/** Always the same, so that a scenario has one answer. Of 25 seeds, one with which what is seen is near the median of all (docs/methodology.md). */
const SEED = 20_260_017;

/** Steps whose length is drawn: as many before the one of full length, the first step of all among them, and as many after it. */
const DRAWN = 4;

/**
 * The least length from `least` on at which a step asks for the same storages as at full length, so that only their sizes differ. Where a mask is counted and
 * the full length is a multiple of 8, that is the next multiple of 8.
 */
const alike = (families: Families, scenario: Scenario, least: number): number => {
  const optionsAt = (sequence_length: number): string =>
    JSON.stringify(batchOptionsOf(families, { ...scenario, sequence_length }));
  const wanted = optionsAt(scenario.sequence_length);
  let length = least;
  while (length < scenario.sequence_length && optionsAt(length) !== wanted) length++;
  return length;
};

/**
 * How many positions the rows of each step have: of the first step, and of those that go round after it. A step has the length of the longest of as many rows
 * as a micro batch has; all its micro steps have that. One step after the first is of full length, so that the peak of the run is the estimate's.
 *
 * It is none of the first: were the longest step the first one, its blocks would serve all others, and nothing would be seen of rows that vary.
 */
export const stepLengths = (families: Families, scenario: Scenario): readonly [first: number, ...number[]] => {
  const { lengths, sequence_length: full, micro_batch_size } = scenario;
  if (lengths.kind === "fixed") return [full, full];
  const fraction = fractionsFrom(SEED);
  const longest = (): number => {
    let most = 0;
    for (let row = 0; row < micro_batch_size; row++) most = Math.max(most, drawRowLength(lengths, full, fraction));
    return alike(families, scenario, most);
  };
  const drawn = (count: number): readonly number[] => Array.from({ length: count }, longest);
  return [longest(), ...drawn(DRAWN - 1), full, ...drawn(DRAWN)];
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
