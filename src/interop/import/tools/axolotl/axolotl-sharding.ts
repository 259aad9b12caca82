import type { Finding } from "#interop/import/finding.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { namesOf, numberOf } from "#interop/import/take.ts";
import { isSet } from "#interop/import/unmodelled.ts";
import { within } from "#interop/import/within.ts";
import { readFsdp, readStrategy, strategyOf } from "#interop/import/tools/sharding/fsdp-fields.ts";
import { JSONS_OF_AXOLOTL } from "#interop/import/tools/sharding/shipped-deepspeed.ts";
import { readDeepspeedField } from "#interop/import/tools/sharding/trainer-sharding.ts";

/** FSDP by its section, and by the list that older files have beside it. @see axolotl@067b021c:src/axolotl/utils/schemas/validation.py (lines 882, 1085) */
const fsdp = (source: Source): readonly Finding[] => {
  const section = within(source, "fsdp_config");
  const list = fieldOf(source, "fsdp");
  const isListed = list !== undefined && isSet(list.value);
  if (section.fields.size === 0 && !isListed) return [];
  const found = readFsdp(section, {
    version: 1,
    place: "Axolotl 0.18, utils/schemas/validation.py:887",
    versionField: fieldOf(source, "fsdp_version"),
  });
  const [version] = found;
  const text = version !== undefined && "text" in version ? version.text : "fsdp1";
  if (!isListed || list === undefined) return found;
  const words = namesOf(list.value).map((word) => word.toLowerCase());
  return [
    { kind: "read", field: list, key: "shard", text },
    ...found,
    ...words
      .filter((word) => !["auto_wrap", "offload"].includes(word))
      .flatMap((word) => readStrategy(list, strategyOf(word), text)),
    ...(words.includes("offload") ? [{ kind: "read", field: list, key: "offload", text: "all" } as const] : []),
  ];
};

/** GPUs that divide one model, and how many share what is left of it. @see axolotl@067b021c:src/axolotl/utils/schemas/config.py (lines 1091 to 1125) */
const DIVISIONS = [
  { names: ["tensor_parallel_size"], key: "tp" },
  { names: ["context_parallel_size", "sequence_parallel_degree"], key: "cp" },
] as const;

const ranksOf = (source: Source, names: readonly string[]): number =>
  numberOf(fieldOf(source, names)?.value ?? undefined) ?? 1;

const division = (source: Source): readonly Finding[] => {
  const divided = DIVISIONS.flatMap(({ names, key }): readonly Finding[] => {
    const field = fieldOf(source, names);
    const ranks = numberOf(field?.value ?? undefined);
    return field === undefined || ranks === undefined ? [] : [{ kind: "read", field, key, text: String(ranks) }];
  });
  const shards = fieldOf(source, "dp_shard_size");
  const count = numberOf(shards?.value ?? undefined);
  if (shards === undefined || count === undefined) return divided;
  const all = [["dp_replicate_size"], ...DIVISIONS.map(({ names }) => names)].reduce(
    (product, names) => product * ranksOf(source, names),
    count,
  );
  return [...divided, { kind: "read", field: shards, key: "gpus", text: String(all) }];
};

/** How GPUs share a run of Axolotl. */
export const readAxolotlSharding = (source: Source): readonly Finding[] => {
  const shared = [...readDeepspeedField(source, JSONS_OF_AXOLOTL), ...fsdp(source)];
  const isShared = shared.some((found) => "key" in found && found.key === "shard");
  const sentence = "Neither DeepSpeed nor FSDP is set: a run on one GPU.";
  return [
    ...shared,
    ...(isShared ? [] : [{ kind: "assumed", key: "shard", text: "none", sentence } as const]),
    ...division(source),
  ];
};
