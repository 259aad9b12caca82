import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { mergeCall } from "#interop/config-lines/hugging-face/trainer-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { unwrittenAll } from "#interop/config-lines/unwritten.ts";

/** Moments outside the training step of a loop by hand: its evaluation has a loader of its own, and its script merges. */
export const loopRun = (run: ChosenRun, tool: string): readonly Setting[] => [
  ...(run.choices.eval === 0
    ? []
    : [{ within: "DataLoader of the evaluation", field: "batch_size", value: run.choices.eval }]),
  ...unwrittenAll(run, tool, ["evaluationKept", "evaluationLength", "saving"]),
  mergeCall(run),
];
