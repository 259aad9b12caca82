import {
  type Finding,
  fieldOf,
  isOn,
  type Source,
  namesOf,
  quoted,
  wordOf,
  isSet,
  sectionOf,
} from "#interop/import/read-fields.ts";
import { ownName } from "#interop/import/own-name.ts";
import { readDeepspeed } from "./deepspeed.ts";
import { readFsdp, readStrategy, strategyOf } from "./fsdp-fields.ts";
import { readShipped, type ShippedJson } from "./shipped-deepspeed.ts";

/** transformers' default, from version 5 on. */
const PLACE = "transformers 5.14.1, training_args.py:2742";

/** `deepspeed`: a file, or what such a file holds. */
export const readDeepspeedField = (
  source: Source,
  files: Readonly<Record<string, ShippedJson>>,
): readonly Finding[] => {
  const section = sectionOf(source, "deepspeed");
  if (section.fields.size > 0) return readDeepspeed(section);
  const field = fieldOf(source, "deepspeed");
  if (field === undefined || !isSet(field.value)) return [];
  return readShipped(field, files);
};

/** `fsdp: full_shard auto_wrap offload` and its `fsdp_config`. @see transformers@5.14.1:training_args.py, _process_fsdp_args */
const readFsdpField = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "fsdp");
  if (field === undefined || !isSet(field.value)) return [];
  const found = readFsdp(sectionOf(source, "fsdp_config"), { version: 2, place: PLACE });
  const shard = found.find((each) => each.kind !== "refused" && "key" in each && each.key === "shard");
  const version = shard !== undefined && "text" in shard ? shard.text : "fsdp2";
  const words = isOn(field.value)
    ? []
    : namesOf(field.value).flatMap((name) => name.split(/\s+/).map((word) => word.toLowerCase()));
  const strategies = words.filter((word) => !["auto_wrap", "offload", ""].includes(word));
  return [
    { kind: "read", field, key: "shard", text: version },
    ...found,
    ...strategies.flatMap((word) => readStrategy(field, strategyOf(word), version)),
    ...(words.includes("offload") ? [{ kind: "read", field, key: "offload", text: "all" } as const] : []),
  ];
};

/** An `fsdp_config` that is a path. */
const readFsdpFile = (source: Source): readonly Finding[] => {
  const field = source.fields.get("fsdp_config");
  if (field === undefined || !isSet(field.value)) return [];
  const sentence = `${quoted(field.value)} is another file, which is not read.`;
  return [{ kind: "not-modelled", field, sentence, names: ownName(wordOf(field.value)) }];
};

/** How the Trainer's own fields share a run: DeepSpeed, FSDP, or neither. */
export const readTrainerSharding = (
  source: Source,
  files: Readonly<Record<string, ShippedJson>>,
): readonly Finding[] => [...readDeepspeedField(source, files), ...readFsdpField(source), ...readFsdpFile(source)];
