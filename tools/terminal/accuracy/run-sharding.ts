import type { Choices } from "#scenario/keys/choices.ts";
import type { MeasuredRun } from "./measured-run.ts";
import type { NotMapped } from "./not-mapped.ts";

const SHARDINGS: readonly (readonly [RegExp, Choices["shard"]])[] = [
  [/^none|device_map/i, "none"],
  [/NO_SHARD|^DDP/i, "ddp"],
  [/ZeRO-1/i, "zero1"],
  [/ZeRO-2/i, "zero2"],
  [/ZeRO-3/i, "zero3"],
  [/FSDP2/i, "fsdp2"],
  [/FSDP/i, "fsdp1"],
];

/** What of choices says how GPUs divide a run. */
type RunSharding = Pick<Choices, "gpus" | "shard" | "offload" | "tp" | "sp" | "cp" | "pp">;

const offloadOf = (parallelism: string): Choices["offload"] => {
  if (!/offload/i.test(parallelism) || /no offload/i.test(parallelism)) return "none";
  return /optimizer CPU offload/i.test(parallelism) ? "optimizer" : "all";
};

/**
 * How a run's words on parallelism divide it over its GPUs. `device_map` spreads layers over them in one process: each holds what a stage of a pipeline does,
 * but for the first, which in a pipeline waits with the checkpoints of several micro batches.
 */
export const runSharding = ({ parallelism, num_gpus: gpus }: MeasuredRun): RunSharding | NotMapped => {
  const tp = Number(/\bTP (\d+)/.exec(parallelism)?.[1] ?? 1);
  const cp = Number(/context parallel (\d+)/i.exec(parallelism)?.[1] ?? 1);
  const pp = /device_map/i.test(parallelism) ? gpus : 1;
  const shard = SHARDINGS.find(([pattern]) => pattern.test(parallelism))?.[1];
  if (shard === undefined) return { why: `no sharding is known for ${JSON.stringify(parallelism)}` };
  // torchtitan, whose runs these are, divides hidden states with matrices (parallelisms/parallelize_llama.py, `apply_tp`).
  return { gpus, shard, offload: offloadOf(parallelism), tp, sp: tp > 1, cp, pp };
};
