// ms-swift's fields of sharding, gradient accumulation, and the training objective.

import { type Finding, fieldOf, type Source, namesOf, numberOf, wordOf } from "#interop/import/source-fields.ts";
import { processesOf, readProcesses } from "#interop/import/tools/launcher.ts";
import type { ShippedJson } from "#interop/import/fields/shipped-deepspeed.ts";
import { readTrainerSharding } from "#interop/import/fields/training-arguments.ts";

/** @see ms-swift@3602360a:swift/config/ */
const JSONS: Readonly<Record<string, ShippedJson>> = {
  zero0: { shard: "ddp", offload: "none" },
  zero1: { shard: "zero1", offload: "none", bucket: 200_000_000 },
  zero2: { shard: "zero2", offload: "none", bucket: 200_000_000 },
  zero2_offload: { shard: "zero2", offload: "optimizer", bucket: 200_000_000 },
  zero3: { shard: "zero3", offload: "none" },
  zero3_offload: { shard: "zero3", offload: "all" },
  // Their names in ms-swift 2 (546e6dc7:swift/llm/utils/argument.py).
  "default-zero2": { shard: "zero2", offload: "none" },
  "default-zero3": { shard: "zero3", offload: "none" },
  "zero2-offload": { shard: "zero2", offload: "optimizer" },
  "zero3-offload": { shard: "zero3", offload: "all" },
};

/** `--fsdp fsdp2`, a file that ms-swift ships: FSDP 2 with layers checkpointed. @see ms-swift@3602360a:swift/config/fsdp2.json */
const readSharding = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "fsdp");
  if (field?.value !== "fsdp2") return readTrainerSharding(source, JSONS);
  return [
    { kind: "read", field, key: "shard", text: "fsdp2" },
    { kind: "read", field, key: "ckpt", text: "1" },
  ];
};

const SPREAD = "One process for several GPUs (no NPROC_PER_NODE): layers are spread over them, which no key says.";
const SPREAD_EACH = "Each process has several GPUs: its layers are spread over them, and all are counted on one.";

/** Whether another program than ms-swift's own starts the processes; it says how many in a file or by its flags. */
const isLaunched = (source: Source): boolean =>
  /^(accelerate launch|torchrun|deepspeed)\b/.test(wordOf(fieldOf(source, "command")?.value ?? ""));

/** One process that sees several GPUs spreads layers over them. @see ms-swift@3602360a:swift/utils/torch_utils.py, is_mp */
const readSpread = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "CUDA_VISIBLE_DEVICES");
  if (field === undefined) return [];
  const cards = namesOf(field.value).length;
  const own = numberOf(fieldOf(source, "NPROC_PER_NODE")?.value);
  if (own !== undefined && cards >= 2 * own && own > 1) return [{ kind: "not-modelled", field, sentence: SPREAD_EACH }];
  if (cards < 2 || processesOf(source) !== undefined || isLaunched(source))
    return [{ kind: "ignored", field, sentence: "Which cards they are changes nothing of how much they need." }];
  return [{ kind: "not-modelled", field, sentence: SPREAD }];
};

/** Ranks that share a sequence. */
const readSequence = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "sequence_parallel_size");
  const ranks = numberOf(field?.value);
  if (field === undefined || ranks === undefined) return [];
  return ranks > 1
    ? [{ kind: "read", field, key: "ulysses", text: String(ranks) }]
    : [{ kind: "ignored", field, sentence: "It is off." }];
};

/** Rows of a step where nothing is said: 16 over all GPUs. @see ms-swift@3602360a:swift/trainers/arguments.py:283, arguments/rlhf_args.py:527 */
const ROWS = 16;

/** What is assumed where nothing is said. */
const assumedSteps = (source: Source): Finding => {
  const isGrpo = fieldOf(source, "rlhf_type")?.value === "grpo";
  if (isGrpo)
    return {
      kind: "assumed",
      key: "accum",
      text: "1",
      sentence: "ms-swift's default for GRPO (4.6, arguments/rlhf_args.py:527).",
    };
  const batch = numberOf(fieldOf(source, "per_device_train_batch_size")?.value ?? 1) ?? 1;
  const steps = Math.max(1, Math.ceil(ROWS / batch / (processesOf(source)?.count ?? 1)));
  const sentence = `ms-swift's default (4.6, trainers/arguments.py:283): ${ROWS} rows over batch and GPUs.`;
  return { kind: "assumed", key: "accum", text: String(steps), sentence };
};

/** How many micro batches a step has. */
export const readSwiftAccumulation = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "gradient_accumulation_steps");
  if (field === undefined) return [assumedSteps(source)];
  const count = numberOf(field.value);
  if (count !== undefined) return [{ kind: "read", field, key: "accum", text: String(count) }];
  return [{ kind: "not-modelled", field, sentence: "It is not a number that can be read." }, assumedSteps(source)];
};

/** How GPUs share a run. */
export const readSwiftSharing = (source: Source): readonly Finding[] => {
  const sharding = readSharding(source);
  return [...sharding, ...readProcesses(source, sharding), ...readSpread(source), ...readSequence(source)];
};
