import { type Amount, NOTHING } from "#calc/base/formula/amount.ts";
import type { AliveTensors } from "#calc/model/alive-tensors.ts";
import { summingTo } from "./summing-to.ts";
import { aliveOnTape } from "./alive-on-tape.ts";
import type { ExplainedStep } from "./explained-step.ts";
import { type PaperRun, runOnPaper } from "./paper-run.ts";
import { ALLOCATED_TERM_IDS } from "#calc/model/term.ts";
import { BESIDE_THE_TAPE, standingTensors } from "./standing-tensors.ts";
import type { TimelinePoint } from "#calc/model/timeline-point.ts";
import type { Workings } from "./workings.ts";

const workspace = (module: string, op: string, { bytes, formula }: Amount): AliveTensors => ({
  module,
  op,
  shape: [],
  dtype: "",
  term: "workspace",
  ...BESIDE_THE_TAPE,
  layers: [],
  count: 1,
  bytes,
  formula,
});

/** Memory that no tensor of the tape takes: scratch memory of cuBLAS, of communication and of the optimizer's step; gradients that are kept beside the tape. */
const workspaces = ({ holdings }: PaperRun, { phase }: TimelinePoint): readonly AliveTensors[] => [
  workspace("cuBLAS", "workspace", holdings.cublas),
  workspace("communication", "buffers", holdings.buffers),
  workspace("optimizer", "temporaries of the step", phase === "step" ? holdings.optimizerTemporaries : NOTHING),
  { ...workspace("communication", "reduced gradients", holdings.gradients), term: "gradients" },
];

/**
 * Every tensor that is alive at a point of the step, equal ones of several layers in one row, the largest first. What is not on the tape (weights in their
 * own formats, optimizer states, workspaces) has rows of its own. The rows of each term sum to its bytes at the point.
 */
export const explainPeak = (workings: Workings, step: ExplainedStep, point: TimelinePoint): readonly AliveTensors[] => {
  const run = runOnPaper(workings, step);
  const rows = [...standingTensors(workings.optimizers, run), ...aliveOnTape(run, point), ...workspaces(run, point)];
  return ALLOCATED_TERM_IDS.flatMap((id) => {
    const ofTerm = rows.filter(({ term }) => term === id);
    return summingTo(ofTerm, point.terms[id]).filter(({ bytes }) => bytes > 0);
  }).toSorted((one, other) => other.bytes - one.bytes);
};
