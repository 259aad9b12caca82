import type { Finding } from "#interop/import/finding.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import { ownName } from "#interop/import/own-name.ts";
import type { Source } from "#interop/import/source.ts";
import { numberOf, quoted, wordOf } from "#interop/import/take.ts";
import { isSet, isSeveral } from "#interop/import/unmodelled.ts";
import { readShippedAccelerate } from "#interop/import/tools/launch/shipped-accelerate.ts";
import { readNamedFile } from "#interop/import/tools/launch/named-file.ts";
import { assumedCopies } from "#interop/import/tools/launch/processes.ts";
import { readTrainerSharding } from "#interop/import/tools/sharding/trainer-sharding.ts";

const readAccelerateConfig = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["accelerate_config", "config_file"]);
  if (field === undefined || !isSet(field.value)) return [];
  const shipped = field.path === "accelerate_config" ? readShippedAccelerate(field, wordOf(field.value)) : undefined;
  const sentence = `${quoted(field.value)} is another file, which is not read: import it beside this one.`;
  return shipped ?? [{ kind: "not-modelled", field, sentence, names: ownName(wordOf(field.value)) }];
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
