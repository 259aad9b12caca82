import type { Scenario } from "./scenario.ts";

/**
 * Why it is not known in which order a GPU asks its allocator for what: a rule of thumb has no order; host memory takes a part; GPUs divide the model itself;
 * DeepSpeed's stage 3 gathers ahead of the modules that it has seen run.
 */
export type NoRunReason = "rule-of-thumb" | "host-memory" | "divided-model" | "zero3";

/** null where the order follows from the scenario's tape, unless formats of weights, gradients or states stand against it. */
export const whyNoRun = ({ accounting, offload, division, sharding }: Scenario): NoRunReason | null => {
  if (accounting === "bytes-per-parameter") return "rule-of-thumb";
  if (offload !== "none") return "host-memory";
  if (division !== undefined) return "divided-model";
  return sharding === "zero3" ? "zero3" : null;
};
