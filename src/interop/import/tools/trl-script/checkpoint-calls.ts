import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, readFields } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { takeFlag } from "#interop/import/take.ts";
import { argumentsOf, callField } from "#interop/import/tools/python/called.ts";

export const PREPARE = /^prepare_model_for_kbit_training$/;
const ENABLE = /^gradient_checkpointing_enable$/;

/** A call that switches checkpoints on, unless an argument of it says otherwise. */
const switchedBy = (source: Source, kind: RegExp): readonly Finding[] => {
  const call = callField(source, kind);
  if (call === undefined) return [];
  const given = argumentsOf(source, kind);
  const field = fieldOf(given, "use_gradient_checkpointing");
  const taken = field === undefined ? "1" : takeFlag(field.value);
  if (field !== undefined && taken === "0")
    return [{ kind: "ignored", field, sentence: "It leaves checkpoints to the trainer's arguments." }];
  if (field !== undefined && taken !== null && typeof taken !== "string")
    return [{ kind: "not-modelled", field, sentence: taken.notModelled }];
  return [
    { kind: "read", field: field ?? call, key: "ckpt", text: "1" },
    ...readFields(given, [{ field: "gradient_checkpointing_kwargs.use_reentrant", key: "reentrant", take: takeFlag }]),
  ];
};

/**
 * Checkpoints that the code itself switches on, whatever the trainer's arguments say. PEFT's preparation does it by default, for a packed base alone.
 *
 * @see peft@5d602fdb:src/peft/utils/other.py, prepare_model_for_kbit_training; transformers@5.14.1:modeling_utils.py, gradient_checkpointing_enable
 */
export const readCheckpointCalls = (source: Source, isPacked: boolean): readonly Finding[] => [
  ...(isPacked ? switchedBy(source, PREPARE) : []),
  ...switchedBy(source, ENABLE),
];
