import type { Offload } from "#calc/model/scenario.ts";
import type { ChosenRun } from "./chosen-run.ts";

/** How state lies among GPUs and the host, with all that follows from what is offloaded. */
export type ChosenSharding = Readonly<
  /** Each GPU has all of it. */
  | { kind: "whole" }
  | { kind: "fsdp"; version: 1 | 2; isOnHost: boolean }
  | { kind: "zero"; stage: number; offload: Offload }
>;

/** One GPU divides nothing; what is offloaded whole runs as FSDP 2 does, with ZeRO as stage 3. @see src/calc/parallel/effective-scenario.ts */
export const chosenSharding = ({ choices: { gpus, offload }, resolved: { shard } }: ChosenRun): ChosenSharding => {
  const isOnHost = offload === "all";
  if (shard.startsWith("zero") && (gpus > 1 || offload !== "none"))
    return { kind: "zero", stage: isOnHost ? 3 : Number(shard.slice("zero".length)), offload };
  if (gpus === 1 && !isOnHost) return { kind: "whole" };
  if (shard.startsWith("fsdp")) return { kind: "fsdp", version: shard === "fsdp1" ? 1 : 2, isOnHost };
  return isOnHost ? { kind: "fsdp", version: 2, isOnHost } : { kind: "whole" };
};
