import { ENGINE } from "#calc/whole-engine.ts";
import { askedReentrance, whyNotReentrant } from "#scenario/choices/asked-reentrance.ts";
import { whyNotSdpa } from "#scenario/choices/asked-attention.ts";
import { type LoraKernelsClash, loraKernelsClash } from "#scenario/choices/lora-kernels-clash.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { MOVES_NOTHING } from "./division.ts";
import type { HeldForMethod, Rule } from "./rule.ts";

const NO_SETTING = "is nothing that this library has";

/** Torch refuses contexts for checkpoints that are `use_reentrant=True`. */
const whyNotSelective = ({ choices, architecture, method }: HeldForMethod): string | null => {
  if (choices.selective === "none") return null;
  if (!choices.ckpt) return "belongs to ckpt=1";
  return choices.selective === "op" && askedReentrance(choices, architecture, method).isReentrant
    ? `goes with checkpoints that are not reentrant, and ${choices.reentrant ? "these" : "this library’s"} are`
    : null;
};

const whyNotOffloaded = ({ choices, isUnified }: HeldForMethod): string | null => {
  const { actoffload, ckpt, stack } = choices;
  if (!actoffload) return null;
  if (!ckpt && stackOf(choices).checkpointsOffloaded) return "moves checkpoints with this library, and ckpt=0 has none";
  if (/^lit-?gpt/.test(stack)) return "is nothing that LitGPT has";
  return isUnified ? MOVES_NOTHING : null;
};

/**
 * Liger's norm knows nothing of matrices that ranks divide.
 *
 * @see axolotl@067b021c:src/axolotl/integrations/liger/args.py, `check_liger_rms_norm_tensor_parallel`; linkedin/Liger-Kernel issue 826
 */
const whyNotLiger = ({ choices, now, architecture: { model_type } }: HeldForMethod): string | null => {
  if (!choices.liger) return null;
  if (stackOf(choices).kernels === undefined) return NO_SETTING;
  if (!ENGINE.hasLiger(model_type)) return "is for models that Liger’s kernels are known for, and this is none";
  return now.tp > 1 ? "does not go with matrices that GPUs divide" : null;
};

const CLASHES: Readonly<Record<LoraKernelsClash, string>> = {
  method: "is for adapters, and full fine-tuning has none",
  quant: "is for a base of 16 or 4 bits",
  dora: "belongs to dora=0",
  division: "does not go with matrices that GPUs divide",
  shard: "does not go with shard=fsdp1",
};

const whyNotLoraKernels = ({ choices, now: { dora, tp }, method }: HeldForMethod): string | null => {
  if (!choices.lorakernels) return null;
  if (stackOf(choices).kernels?.lora === undefined) return NO_SETTING;
  const clash = loraKernelsClash({ ...choices, dora, tp }, method);
  return clash === null ? null : CLASHES[clash];
};

/** Rules for attention, saved activations and fused kernels. */
export const KERNEL_RULES: readonly Rule<HeldForMethod>[] = [
  {
    keys: ["attn"],
    why: ({ now, architecture }) => whyNotSdpa(now, architecture),
    instead: () => ({ attn: "eager" }),
  },
  { keys: ["selective"], why: whyNotSelective, instead: () => ({ selective: "none" }) },
  { keys: ["actoffload"], why: whyNotOffloaded, instead: () => ({ actoffload: false }) },
  {
    keys: ["liger"],
    why: whyNotLiger,
    instead: () => ({ liger: false }),
  },
  { keys: ["lorakernels"], of: "all", why: whyNotLoraKernels, instead: () => ({ lorakernels: false }) },
  {
    keys: ["reentrant"],
    why: ({ choices, architecture, method }) => whyNotReentrant(choices, architecture, method),
    instead: ({ choices, architecture, method }) => ({
      reentrant: choices.ckpt && askedReentrance(choices, architecture, method).isReentrant,
    }),
  },
];
