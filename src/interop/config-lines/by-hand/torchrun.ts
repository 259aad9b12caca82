import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { chosenSharding } from "#interop/config-lines/chosen-sharding.ts";
import { optimizerOnHost } from "#interop/config-lines/optimizer-on-host.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { DIVISIONS } from "#interop/config-lines/topics.ts";
import { unwritten, unwrittenAll } from "#interop/config-lines/unwritten.ts";

/** @see pytorch.org/docs/stable/distributed.fsdp.fully_shard.html; fsdp.html */
const fsdpCall = (version: 1 | 2, isOnHost: boolean): string =>
  version === 1
    ? `model = FullyShardedDataParallel(model${isOnHost ? ", cpu_offload=CPUOffload(offload_params=True)" : ""})`
    : `fully_shard(model${isOnHost ? ", offload_policy=CPUOffloadPolicy()" : ""})`;

const wrapping = (run: ChosenRun, tool: string): Setting => {
  const sharding = chosenSharding(run);
  switch (sharding.kind) {
    case "whole":
      return { name: "wrapping", statement: run.choices.gpus === 1 ? null : "model = DistributedDataParallel(model)" };
    case "fsdp":
      return { name: "wrapping", statement: fsdpCall(sharding.version, sharding.isOnHost) };
    case "zero":
      return unwritten(run, [tool, "placement"], { name: "wrapping", instead: "ZeRO is DeepSpeed’s" });
    default:
      return sharding satisfies never;
  }
};

/** Several processes of a script, and the call that divides the model over them. */
export const torchrun = (run: ChosenRun, tool: string): readonly Setting[] => {
  const { gpus } = run.choices;
  return [
    { name: "launch", statement: gpus === 1 ? null : `torchrun --nproc_per_node ${gpus} train.py` },
    wrapping(run, tool),
    ...optimizerOnHost(run, tool),
    ...unwrittenAll(run, tool, DIVISIONS),
  ];
};
