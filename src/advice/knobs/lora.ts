// Knobs for LoRA: target modules, rank, adapter format, DoRA, and saved modules.

import { ENGINE } from "#calc/whole-engine.ts";
import { type Knob, type KnobMaker, type ScaleMaker, scaleOf } from "./knob.ts";
import { bytesPerParameter } from "#calc/base/dtypes.ts";
import { TARGET_PRESETS, type TargetPreset } from "#calc/model/layout.ts";
import { formatCount } from "#format/numbers.ts";

const TITLES: Readonly<Record<TargetPreset, string>> = {
  "q-v": "Target q, v only",
  attention: "Target attention only",
  "attention-mlp": "Target attention and MLP",
  "all-linear": "Target all linears",
};

/** Adapters on fewer modules: presets before the chosen one that this model offers; all of them where names were chosen one by one. */
export const targets: KnobMaker = ({ choices, architecture }) => {
  const chosen = typeof choices.targets === "string" ? TARGET_PRESETS.indexOf(choices.targets) : TARGET_PRESETS.length;
  return TARGET_PRESETS.slice(0, chosen)
    .filter((preset) => ENGINE.targetModules(architecture, preset) !== null)
    .map((preset) => ({
      id: `targets-${preset}`,
      subject: "targets",
      title: TITLES[preset],
      phrase: `t${TITLES[preset].slice(1)}`,
      price: "targets",
      patch: { targets: preset },
    }));
};

/** Ranks that are offered: powers of two, and none under the smallest that the article has figures of. */
const RANKS = [4, 8, 16, 32, 64, 128, 256, 512] as const;

/** A smaller rank; a scale that the reader chose (alpha / r) is kept. */
export const rank: ScaleMaker = ({ choices: { r, alpha } }) => {
  const at = (to: number): Knob => {
    const phrase = `lower the rank to ${formatCount(to)}`;
    const title = `Rank ${formatCount(r)} to ${formatCount(to)}`;
    const knob = { id: "r", subject: "rank", title, price: "rank" } as const;
    if (alpha === null) return { ...knob, phrase, detail: "Alpha stays twice the rank.", patch: { r: to } };
    const scaled = (alpha * to) / r;
    return {
      ...knob,
      phrase: `${phrase} with alpha ${scaled}`,
      detail: `Alpha ${alpha} to ${scaled}: the scale is kept.`,
      patch: { r: to, alpha: scaled },
    };
  };
  return scaleOf(
    RANKS.filter((to) => to < r),
    { now: r, at },
  );
};

const SIXTEEN_BIT_BYTES = 2;

/** Adapters kept in 16 bits. */
export const adapterFormat: KnobMaker = ({ resolved }) =>
  bytesPerParameter(resolved.adapters) <= SIXTEEN_BIT_BYTES
    ? []
    : [
        {
          id: "adapters-bf16",
          subject: "adapters",
          title: "Adapters in bf16",
          phrase: "keep adapters in bf16",
          price: "adapterFormat",
          patch: { adapters: "bf16" },
        },
      ];

/** LoRA without DoRA's magnitudes. */
export const dora: KnobMaker = ({ choices }) =>
  choices.dora && choices.tuner === "lora"
    ? [
        {
          id: "dora-off",
          subject: "dora",
          title: "LoRA without DoRA",
          phrase: "use LoRA without DoRA",
          price: "dora",
          patch: { dora: false },
        },
      ]
    : [];

/** Embeddings, head or norms left frozen. */
export const savedModules: KnobMaker = ({ choices }) =>
  choices.save.length === 0
    ? []
    : [
        {
          id: "save-none",
          subject: "save",
          title: `Freeze ${choices.save.join(", ")}`,
          phrase: `freeze ${choices.save.join(" and ")}`,
          price: "savedModules",
          patch: { save: [] },
        },
      ];
