import type { Finding } from "#interop/import/finding.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import { ownName } from "#interop/import/own-name.ts";
import type { Source } from "#interop/import/source.ts";
import { lookUp, numberOf, quoted, wordOf } from "#interop/import/take.ts";
import { isSet, isSeveral } from "#interop/import/unmodelled.ts";
import { readNamedFile } from "#interop/import/tools/launch/named-file.ts";
import { assumedCopies } from "#interop/import/tools/launch/processes.ts";
import { readTrainerSharding } from "#interop/import/tools/sharding/trainer-sharding.ts";

/** TRL's own files for `accelerate launch`: the way of sharing, for 8 processes each. @see trl@f2cd5771:trl/accelerate_configs/ */
const SHIPPED: Readonly<Record<string, string>> = {
  single_gpu: "none",
  multi_gpu: "ddp",
  fsdp1: "fsdp1",
  fsdp2: "fsdp2",
  zero1: "zero1",
  zero2: "zero2",
  zero3: "zero3",
};

const PROCESSES = "8";

const readAccelerateConfig = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["accelerate_config", "config_file"]);
  if (field === undefined || !isSet(field.value)) return [];
  const shard = field.path === "accelerate_config" ? lookUp(SHIPPED, wordOf(field.value)) : undefined;
  if (shard === undefined) {
    const sentence = `${quoted(field.value)} is another file, which is not read: import it beside this one.`;
    return [{ kind: "not-modelled", field, sentence, names: ownName(wordOf(field.value)) }];
  }
  return [
    { kind: "read", field, key: "shard", text: shard },
    { kind: "read", field, key: "offload", text: "none" },
    { kind: "read", field, key: "gpus", text: shard === "none" ? "1" : PROCESSES },
  ];
};

/** Processes that a launcher starts; without a word of sharing they are data parallel. */
const readProcesses = (source: Source, sharing: readonly Finding[]): readonly Finding[] => {
  const field = fieldOf(source, ["num_processes", "nproc_per_node", "NPROC_PER_NODE"]);
  const count = numberOf(field?.value ?? undefined);
  if (field === undefined || count === undefined) return [];
  const parallel = isSeveral(field.value) ? [assumedCopies(sharing)] : [];
  return [{ kind: "read", field, key: "gpus", text: String(count) }, ...parallel];
};

/** Over how many GPUs a run of TRL goes, and how they share it. */
export const readTrlLaunch = (source: Source): readonly Finding[] => {
  const [config, sharing] = [readAccelerateConfig(source), readTrainerSharding(source, {})];
  const named = source.format === "command" && source.fields.has("config") ? readNamedFile(source) : [];
  return [...named, ...config, ...readProcesses(source, [...config, ...sharing]), ...sharing];
};
