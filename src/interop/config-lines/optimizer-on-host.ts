import type { ChosenRun } from "./chosen-run.ts";
import { chosenSharding } from "./chosen-sharding.ts";
import type { Setting } from "./setting.ts";
import { unwritten } from "./unwritten.ts";

/** The optimizer alone in host memory: DeepSpeed can, nothing else. */
export const optimizerOnHost = (run: ChosenRun, tool: string): readonly Setting[] => {
  if (chosenSharding(run).kind === "zero" || run.choices.offload === "all") return [];
  return [unwritten(run, [tool, "offload"], { instead: "that takes ZeRO" })];
};
