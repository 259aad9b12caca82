import {
  type Finding,
  fieldOf,
  type Source,
  namesOf,
  numberOf,
  isSet,
  sectionOf,
  type FieldRule,
  isOn,
  readAs,
  readFields,
  type Plain,
  takeFlag,
  takeNumber,
  wordOf,
  readUnmodelled,
} from "#interop/import/read-fields.ts";
import { readFsdp, readStrategy, strategyOf } from "#interop/import/tools/sharding/fsdp-fields.ts";
import { JSONS_OF_AXOLOTL } from "#interop/import/tools/sharding/shipped-deepspeed.ts";
import { readDeepspeedField } from "#interop/import/tools/sharding/trainer-sharding.ts";
import { ownValue } from "#calc/base/guards.ts";
import { takeOptimizer, takeAttention } from "#interop/import/tools/hugging-face/words.ts";
import { axolotlDefault, readAxolotlMethod } from "./axolotl-method.ts";
import { readModel, type ToolReader } from "#interop/import/named-model.ts";
import { countedAsTrl } from "#interop/import/objective/as-trl.ts";
import {
  readAxolotlRun,
  readAxolotlKernels,
  AXOLOTL_RUNS,
  axolotlObjective,
  readAxolotlObjective,
  readAxolotlTypes,
} from "./axolotl-kernels.ts";
import { HARMLESS_OF_AXOLOTL, UNMODELLED_OF_AXOLOTL } from "./harmless-of-axolotl.ts";

/** FSDP by its section, and by the list that older files have beside it. @see axolotl@067b021c:src/axolotl/utils/schemas/validation.py (lines 882, 1085) */
const fsdp = (source: Source): readonly Finding[] => {
  const section = sectionOf(source, "fsdp_config");
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
const readAxolotlSharding = (source: Source): readonly Finding[] => {
  const shared = [...readDeepspeedField(source, JSONS_OF_AXOLOTL), ...fsdp(source)];
  const isShared = shared.some((found) => "key" in found && found.key === "shard");
  const sentence = "Neither DeepSpeed nor FSDP is set: a run on one GPU.";
  return [
    ...shared,
    ...(isShared ? [] : [{ kind: "assumed", key: "shard", text: "none", sentence } as const]),
    ...division(source),
  ];
};

/** Its own names beside those of transformers. @see axolotl@067b021c:src/axolotl/utils/schemas/enums.py, CustomSupportedOptimizers */
const OPTIMIZERS: Readonly<Record<string, string>> = {
  ao_adamw_4bit: "adamw_torch_4bit",
  ao_adamw_8bit: "adamw_torch_8bit",
};

const takeOwnOptimizer = (value: Plain) => ownValue(OPTIMIZERS, wordOf(value)) ?? takeOptimizer(value);

/** @see axolotl@067b021c:src/axolotl/utils/schemas/config.py (lines 665, 688), training.py (lines 71 to 122) */
const RULES: readonly FieldRule[] = [
  {
    field: "sequence_len",
    key: "seq",
    take: takeNumber,
    isLength: true,
    otherwise: axolotlDefault("512", "utils/schemas/config.py:665"),
  },
  {
    field: "micro_batch_size",
    key: "batch",
    take: takeNumber,
    otherwise: axolotlDefault("1", "utils/schemas/training.py:77"),
  },
  {
    field: "optimizer",
    key: "optim",
    take: takeOwnOptimizer,
    otherwise: axolotlDefault("adamw_torch_fused", "utils/schemas/training.py:122"),
  },
  { field: "gradient_checkpointing_kwargs.use_reentrant", key: "reentrant", take: takeFlag },
];

/** By itself, or by the batch of a step that older files have. @see axolotl@067b021c:src/axolotl/utils/config/__init__.py, normalize_config */
const accumulation = (source: Source): readonly Finding[] => {
  const batch = fieldOf(source, "batch_size");
  const micro = numberOf(fieldOf(source, "micro_batch_size")?.value ?? undefined) ?? 1;
  const whole = numberOf(batch?.value ?? undefined);
  const otherwise =
    whole === undefined
      ? axolotlDefault("1", "utils/schemas/training.py:71")
      : {
          text: String(Math.max(1, Math.floor(whole / Math.max(1, micro)))),
          sentence: "batch_size over micro_batch_size.",
        };
  return readFields(source, [{ field: "gradient_accumulation_steps", key: "accum", take: takeNumber, otherwise }]);
};

/** Packed rows, or rows in one line without padding. @see axolotl@067b021c:src/axolotl/utils/schemas/config.py:688 */
const packing = (source: Source): readonly Finding[] => {
  const flat = fieldOf(source, "batch_flattening");
  if (flat !== undefined && isSet(flat.value)) return [{ kind: "read", field: flat, key: "packing", text: "1" }];
  const otherwise = axolotlDefault("0", "utils/schemas/config.py:688");
  return readFields(source, [{ field: "sample_packing", key: "packing", take: takeFlag, otherwise }]);
};

/** Old names of the attention, each a switch, the special ones first. @see axolotl@067b021c:src/axolotl/utils/schemas/enums.py, LEGACY_ATTN_FLAG_TO_IMPL */
const SWITCHES = [
  ["xformers_attention", "xformers"],
  ["sage_attention", "sage"],
  ["flex_attention", "flex_attention"],
  ["flash_attention", "flash_attention_2"],
  ["sdp_attention", "sdpa"],
  ["eager_attention", "eager"],
] as const;

const attention = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "attn_implementation");
  if (field !== undefined && isSet(field.value)) return readAs(field, "attn", takeAttention(field.value));
  const on = SWITCHES.find(([name]) => isOn(fieldOf(source, name)?.value ?? undefined));
  const flag = on === undefined ? undefined : fieldOf(source, on[0]);
  return on === undefined || flag === undefined ? [] : readAs(flag, "attn", takeAttention(on[1]));
};

const HIDDEN = "hidden_states";

/** Activations in host memory: with adapters in the place of recomputing, else beside it. @see axolotl@067b021c:src/axolotl/core/builders/base.py (lines 581 to 598), loaders/model.py:356 */
const offloading = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "activation_offloading");
  if (field === undefined || !isSet(field.value)) return [];
  const adapter = fieldOf(source, "adapter");
  const hasAdapter = adapter !== undefined && isSet(adapter.value);
  const recomputes = field.value === HIDDEN || !hasAdapter;
  return [
    { kind: "read", field, key: "actoffload", text: "1" },
    { kind: "read", field, key: "ckpt", text: recomputes ? "1" : "0" },
  ];
};

/** Checkpoints; `offload` has them in host memory. @see axolotl@067b021c:src/axolotl/utils/schemas/config.py:600 */
const checkpointing = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "gradient_checkpointing");
  if (field !== undefined && /^(offload|offload_disk|unsloth)$/.test(wordOf(field.value)))
    return [
      { kind: "read", field, key: "ckpt", text: "1" },
      { kind: "read", field, key: "actoffload", text: "1" },
    ];
  const otherwise = axolotlDefault("0", "utils/schemas/config.py:600");
  return readFields(source, [{ field: "gradient_checkpointing", key: "ckpt", take: takeFlag, otherwise }]);
};

/** How a step runs, whatever it trains. */
const readAxolotlStep = (source: Source): readonly Finding[] => [
  ...readFields(source, RULES),
  ...accumulation(source),
  ...packing(source),
  ...attention(source),
  ...checkpointing(source),
  ...offloading(source),
];

/** Axolotl's YAML. @see axolotl@067b021c (0.18.0):src/axolotl/utils/schemas/ */
export const AXOLOTL_READER: ToolReader = {
  id: "axolotl",
  name: "Axolotl 0.18",
  stack: "axolotl",
  says: "run",
  recognises: ({ fields }) => fields.has("base_model"),
  read: (source, { catalog }) => {
    const objective = axolotlObjective(source);
    const findings: readonly Finding[] = [
      ...readModel(fieldOf(source, "base_model"), catalog),
      ...readAxolotlMethod(source),
      ...readAxolotlStep(source),
      ...readAxolotlRun(source),
      ...readAxolotlTypes(source),
      ...readAxolotlKernels(source),
      ...readAxolotlSharding(source),
      ...readAxolotlObjective(source),
      ...readUnmodelled(source, UNMODELLED_OF_AXOLOTL),
    ];
    return objective === undefined ? findings : countedAsTrl(findings, objective, AXOLOTL_RUNS);
  },
  harmless: HARMLESS_OF_AXOLOTL,
};
