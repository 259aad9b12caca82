import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isOn } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { processesOf } from "#interop/import/tools/launch/processes.ts";

const OWN = "ms-swift's default (4.6, trainers/mixin.py, _fix_gradient_checkpointing)";

/** Whether DeepSpeed or FSDP shares the run. */
const isShared = (sharding: readonly Finding[]): boolean =>
  sharding.some((found) => found.kind === "read" && found.key === "shard" && found.text !== "ddp") ||
  sharding.some((found) => found.kind === "not-modelled" && found.names !== undefined);

/**
 * How checkpoints run where nothing says it: reentrant, unless several processes each have all of the model.
 *
 * @see ms-swift@3602360a:swift/trainers/mixin.py, _fix_gradient_checkpointing
 */
export const readReentrance = (source: Source, sharding: readonly Finding[]): readonly Finding[] => {
  const checkpoints = fieldOf(source, "gradient_checkpointing");
  const isOff = checkpoints !== undefined && checkpoints.value !== null && !isOn(checkpoints.value);
  // Unsloth checkpoints by a way of its own.
  if (isOff || fieldOf(source, "tuner_backend")?.value === "unsloth") return [];
  const isCopied = processesOf(source) !== undefined && !isShared(sharding);
  const sentence = isCopied
    ? `${OWN}: checkpoints are not reentrant where processes have copies.`
    : `${OWN}: checkpoints are reentrant.`;
  return [{ kind: "assumed", key: "reentrant", text: isCopied ? "0" : "1", sentence }];
};
