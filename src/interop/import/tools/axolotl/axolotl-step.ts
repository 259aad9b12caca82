import { ownValue } from "#calc/base/own-value.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, type FieldRule, isOn, readAs, readFields } from "#interop/import/read-fields.ts";
import type { Plain, Source } from "#interop/import/source.ts";
import { numberOf, takeFlag, takeNumber, wordOf } from "#interop/import/take.ts";
import { isSet } from "#interop/import/unmodelled.ts";
import { takeOptimizer } from "#interop/import/tools/hugging-face/optimizer-names.ts";
import { takeAttention } from "#interop/import/tools/hugging-face/words.ts";
import { axolotlDefault } from "./axolotl-method.ts";

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
export const readAxolotlStep = (source: Source): readonly Finding[] => [
  ...readFields(source, RULES),
  ...accumulation(source),
  ...packing(source),
  ...attention(source),
  ...checkpointing(source),
  ...offloading(source),
];
