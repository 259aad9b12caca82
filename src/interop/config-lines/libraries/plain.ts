// Lines of a hand-written loop, for a model of transformers and for a model of one's own.

import { loopMoments, modelCode, torchOptimizer, torchrun } from "#interop/config-lines/hand-written-loop.ts";
import { adapterFormat, autocastArgument } from "#interop/config-lines/hugging-face/peft-config.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { type ConfigLibrary, type Setting, pythonArgument } from "#interop/config-lines/setting.ts";
import { missingField, missingTopics } from "#interop/config-lines/unwritten-settings.ts";

const TOOL = "PyTorch";

const optimizer = (run: ChosenRun): Setting => {
  const found = torchOptimizer(run.resolved.optim);
  if (found === undefined || found.isInBackward) return missingField(run, [TOOL, "optimizer"]);
  const { component, fused, momentum, versions } = found;
  const told = [fused === true ? ", fused=True" : "", momentum === undefined ? "" : `, momentum=${momentum}`];
  return {
    name: "optimizer",
    statement: `optimizer = ${component}(parameters${told.join("")})`,
    ...(versions !== undefined && { versions }),
  };
};

/** What every loop has. */
const loop = (run: ChosenRun): readonly Setting[] => [
  { within: "DataLoader", field: "batch_size", value: run.choices.batch },
  missingField(run, [TOOL, "accumulation"], { instead: "the loop counts micro steps" }),
  optimizer(run),
  ...torchrun(run, TOOL),
];

/** A loop written by hand over a model of transformers. */
export const PLAIN_LINES: ConfigLibrary = {
  file: "A loop by hand, PyTorch",
  write: pythonArgument(""),
  settings: (run) => [...loop(run), ...modelCode(run, TOOL), ...adapterFormat(run, autocastArgument(TOOL))],
  ofRun: (run) => loopMoments(run, TOOL),
};

/** The same over a model of one's own, of which nothing is known by name. */
export const PLAIN_TORCH_LINES: ConfigLibrary = {
  file: "A loop and a model by hand, PyTorch",
  write: pythonArgument(""),
  settings: (run) => [
    ...loop(run),
    ...missingTopics(run, TOOL, [
      "sequence",
      "checkpointing",
      "selective",
      "reentrance",
      "attention",
      "loss",
      "packing",
      "activations",
    ]),
    ...missingTopics(run, TOOL, ["method", "kbit", "experts", "adapterFormat", "gradients", "states", "weights"]),
    ...missingTopics(run, TOOL, ["rank", "targets", "dora", "saved"]),
  ],
  ofRun: (run) => loopMoments(run, TOOL),
};
