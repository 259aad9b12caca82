import {
  type Finding,
  fieldOf,
  isOn,
  type Source,
  type SourceField,
  numberOf,
  quoted,
} from "#interop/import/read-fields.ts";
import { argumentsOf, callName, harmlessOf } from "./called.ts";

const CALL = /^DistributedConfig$/;

/** Sizes that it has, each of 1 where nothing is said. @see transformers 5.24: distributed/configuration_utils.py, DistributedConfig */
const SIZES = ["tp_size", "fsdp_size", "ep_size"] as const;

const OTHER_WAY = "How experts are shared out is left to an older way, which is not known here.";

const sizeOf = (field: SourceField | undefined): number | undefined =>
  field === undefined || field.value === null ? 1 : numberOf(field.value);

/** A size that only a run knows. */
const unknown = (field: SourceField | undefined): readonly Finding[] =>
  field === undefined || sizeOf(field) !== undefined
    ? []
    : [{ kind: "not-modelled", field, sentence: `${quoted(field.value)} is not a number of GPUs.` }];

/** A field as a key, where it is there. */
const said = (field: SourceField | undefined, key: "tp" | "ep", size: number): readonly Finding[] =>
  field === undefined ? [] : [{ kind: "read", field, key, text: String(size) }];

const readSizes = (given: Source): readonly Finding[] => {
  const fields = SIZES.map((name) => fieldOf(given, name));
  const [tp, fsdp, ep] = fields;
  const [tpSize = 1, fsdpSize = 1, epSize = 1] = fields.map(sizeOf);
  const gpus = String(tpSize * fsdpSize);
  const of = fsdp ?? tp;
  return [
    ...fields.flatMap(unknown),
    ...said(tp, "tp", tpSize),
    ...said(ep, "ep", epSize),
    ...(of === undefined
      ? []
      : [
          { kind: "read", field: of, key: "gpus", text: gpus } as const,
          { kind: "read", field: of, key: "shard", text: "fsdp2" } as const,
        ]),
  ];
};

const readOlder = (given: Source): readonly Finding[] => {
  const field = fieldOf(given, "enable_expert_parallel");
  return field === undefined || !isOn(field.value) ? [] : [{ kind: "not-modelled", field, sentence: OTHER_WAY }];
};

/** A model that transformers divides while it loads it: over how many GPUs, and how. All sizes but that of experts together are the GPUs. */
export const readDistributedConfig = (source: Source): readonly Finding[] => {
  if (callName(source, CALL) === undefined) return [];
  const given = argumentsOf(source, CALL);
  return [...readSizes(given), ...readOlder(given)];
};

/** Its types follow from those of the weights. */
export const HARMLESS_OF_DISTRIBUTED: readonly string[] = harmlessOf(
  ["DistributedConfig"],
  ["fsdp_mixed_precision", "enable_expert_parallel"],
);
