import type { Dtype, Element } from "#calc/base/elements.ts";
import type { Scenario } from "./scenario.ts";
import type { RankOptions } from "./rank-options.ts";

/** What the shape of a step depends on: everything but batch and length, of which it takes whether they are the least. Element types are what tensors really have. */
export type StepOptions = Readonly<{
  architecture: Scenario["architecture"];
  modelling: Scenario["modelling"];
  objective: Scenario["objective"];
  reference?: Scenario["reference"];
  wholeStatistics?: Scenario["wholeStatistics"];
  loss_type?: Scenario["loss_type"];
  trainer?: Scenario["trainer"];
  /** What the teacher's parameters are loaded as, and its architecture. */
  teacher?: Readonly<{ architecture: Scenario["architecture"]; weights: Dtype }>;
  method: Scenario["method"];
  /** What base parameters are loaded as. */
  weights: Dtype;
  /** What adapters are kept as. */
  adapters: Dtype;
  /** What autocast runs matrix products in; null without. */
  autocast: Element | null;
  scalesLoss?: true;
  gradient_checkpointing: boolean;
  selective?: Scenario["selective"];
  checkpointsOffloaded: boolean;
  savedTensorsOffloaded?: boolean;
  reentrant?: boolean;
  kernels?: Scenario["kernels"];
  gradient_accumulation_steps: number;
  attn_implementation: Scenario["attn_implementation"];
  loss: Scenario["loss"];
  /** Whether the batch is one row. */
  singleRow: boolean;
  /** Whether the batch is one pair of rows, where an objective without a reference has pairs; absent: no. */
  singlePair?: true;
  /** Whether a scan takes the sequence in one chunk, and whether it fills the last one up. */
  singleChunk: boolean;
  paddedChunk: boolean;
  /** Whether a loss in tiles (TRL's) has several of tokens, and the vocabulary is one tile; absent: no. */
  tilesOfTokens?: true;
  /** Rows are padded, so attention gets a mask. `odd`: their length is no multiple of 8, which the memory-efficient kernel pads the mask to. */
  padding?: "even" | "odd";
  /** The same of the batch of mismatched completions, where there is one; absent: as the other. */
  mismatchedPadding?: "even" | "odd";
  /** Rows are as long as the window that layers have, or longer, so the attention of these gets a mask, which all rows share where none is padded. */
  windowMask?: "even" | "odd";
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
