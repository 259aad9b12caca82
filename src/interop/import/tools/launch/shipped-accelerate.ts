import { ownValue } from "#calc/base/own-value.ts";
import type { Finding } from "#interop/import/finding.ts";
import type { SourceField } from "#interop/import/source.ts";
import { ownBuckets } from "#interop/import/tools/sharding/own-buckets.ts";

/** The ways of sharing of TRL's own files for `accelerate launch`. @see trl@f2cd5771:trl/accelerate_configs/, examples/accelerate_configs/ */
const SHIPPED: Readonly<Record<string, string>> = {
  single_gpu: "none",
  multi_gpu: "ddp",
  fsdp1: "fsdp1",
  fsdp2: "fsdp2",
  zero1: "zero1",
  zero2: "zero2",
  zero3: "zero3",
};

/** Of how many processes each is that shares anything. */
const PROCESSES = "8";

const WHY = "The file of this name that TRL ships.";

/** What a file for `accelerate launch` that TRL ships says, by its name; undefined: it ships none of that name. */
export const readShippedAccelerate = (field: SourceField, name: string): readonly Finding[] | undefined => {
  const shard = ownValue(SHIPPED, name);
  if (shard === undefined) return undefined;
  return [
    { kind: "read", field, key: "shard", text: shard },
    ...(shard.startsWith("zero") ? ownBuckets(field, shard === "zero3") : []),
    { kind: "assumed", key: "offload", text: "none", sentence: WHY },
    { kind: "assumed", key: "gpus", text: shard === "none" ? "1" : PROCESSES, sentence: WHY },
  ];
};
