import type { Choices } from "#scenario/choices/choices.ts";
import type { MeasuredRun } from "./measured-run.ts";
import type { NotMapped } from "./not-mapped.ts";

const SHARDINGS: readonly (readonly [RegExp, Choices["shard"]])[] = [
  [/^none/i, "none"],
  [/NO_SHARD|^DDP/i, "ddp"],
  [/ZeRO-1/i, "zero1"],
  [/ZeRO-2/i, "zero2"],
  [/ZeRO-3/i, "zero3"],
  [/FSDP2/i, "fsdp2"],
  [/FSDP/i, "fsdp1"],
];

/** How a run's words on parallelism divide it over its GPUs. */
export const runSharding = ({
  parallelism,
  num_gpus: gpus,
}: MeasuredRun): Pick<Choices, "gpus" | "shard" | "offload" | "tp" | "sp" | "cp"> | NotMapped => {
  const tp = Number(/\bTP (\d+)/.exec(parallelism)?.[1] ?? 1);
  const cp = Number(/context parallel (\d+)/i.exec(parallelism)?.[1] ?? 1);
  const shard = SHARDINGS.find(([pattern]) => pattern.test(parallelism))?.[1];
  if (shard === undefined) return { why: `no sharding is known for ${JSON.stringify(parallelism)}` };
  const offloads = /offload/i.test(parallelism) && !/no offload/i.test(parallelism);
  const offload = /optimizer CPU offload/i.test(parallelism) ? "optimizer" : "all";
  // torchtitan, whose runs these are, divides hidden states with matrices (parallelisms/parallelize_llama.py, `apply_tp`).
  return { gpus, shard, offload: offloads ? offload : "none", tp, sp: tp > 1, cp };
};
