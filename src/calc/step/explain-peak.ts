import { type Amount, NOTHING } from "#calc/base/formula/amount.ts";
import type { AliveTensors } from "#calc/model/alive-tensors.ts";
import { summingTo } from "./summing-to.ts";
import { aliveOnTape } from "./alive-on-tape.ts";
import type { ExplainedStep } from "./explained-step.ts";
import { type PaperRun, runOnPaper } from "./paper-run.ts";
import { ALLOCATED_TERM_IDS } from "#calc/model/term.ts";
import { standingTensors } from "./standing-tensors.ts";
import type { TimelinePoint } from "#calc/model/timeline-point.ts";
import type { Workings } from "./workings.ts";

const workspace = (module: string, op: string, { bytes, formula }: Amount): AliveTensors => ({
  module,
  op,
  shape: [],
  dtype: "",
  term: "workspace",
  layers: [],
  count: 1,
  bytes,
  formula,
});

/** Scratch memory that no tensor of the model is: of cuBLAS, of communication, of the optimizer's step. */
const workspaces = ({ holdings }: PaperRun, { phase }: TimelinePoint): readonly AliveTensors[] => [
  workspace("cuBLAS", "workspace", holdings.cublas),
  workspace("communication", "buffers", holdings.buffers),
  workspace("optimizer", "temporaries of the step", phase === "step" ? holdings.optimizerTemporaries : NOTHING),
  { ...workspace("communication", "reduced gradients", holdings.gradients), term: "gradients" },
];

/**
 * Every tensor that is alive at a point of the step, alike ones of several layers together, the largest first; what stands outside the tape
 * (weights in their formats, optimizer states, workspaces) has rows of its own. The rows sum to the bytes of the point, term by term.
 */
export const explainPeak = (workings: Workings, step: ExplainedStep, point: TimelinePoint): readonly AliveTensors[] => {
  const run = runOnPaper(workings, step);
  const rows = [...standingTensors(workings.optimizers, run), ...aliveOnTape(run, point), ...workspaces(run, point)];
  return ALLOCATED_TERM_IDS.flatMap((id) => {
    const ofTerm = rows.filter(({ term }) => term === id);
    return summingTo(ofTerm, point.terms[id]).filter(({ bytes }) => bytes > 0);
  }).toSorted((one, other) => other.bytes - one.bytes);
};
