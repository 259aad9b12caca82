import type { Scenario } from "#calc/model/scenario.ts";

const OF_EXPERTS = "VeRA adapts linears alone, as PEFT’s does: experts fused into one parameter stay as they are.";
const OF_RANKS =
  "VeRA over several GPUs: the two matrices that adapters share are whole on each; not held against a run.";

/** What of a tuner is otherwise than with LoRA, or held against no run, in words for the page. */
export const explainTuner = ({ method, architecture, gpus }: Scenario): readonly string[] => {
  if (method.kind === "full" || method.lora.tuner !== "vera") return [];
  return [...(architecture.num_experts === undefined ? [] : [OF_EXPERTS]), ...(gpus > 1 ? [OF_RANKS] : [])];
};
