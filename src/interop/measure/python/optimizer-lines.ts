import type { OptimizerId } from "#calc/model/scenario.ts";
import { LEARNING_RATE } from "#interop/export/placeholders.ts";

/** An optimizer as a Trainer makes it, without weight decay; `needs`: the package that has it. */
type Made = Readonly<{ callee: string; options: readonly string[]; needs?: "bitsandbytes" }>;

const adamw = (...options: readonly string[]): Made => ({
  callee: "torch.optim.AdamW",
  options: ["weight_decay=0.0", ...options],
});
const bitsandbytes = (name: string, ...options: readonly string[]): Made => ({
  callee: `bitsandbytes.optim.${name}`,
  options,
  needs: "bitsandbytes",
});

/**
 * Optimizers that PyTorch, transformers and bitsandbytes have; the others ask for packages of their own.
 *
 * @see transformers 5.24, trainer_optimizer.py
 */
const MADE: Readonly<Partial<Record<OptimizerId, Made>>> = {
  adamw_torch: adamw("foreach=True"),
  adamw_torch_fused: adamw("fused=True"),
  adamw_bnb_8bit: bitsandbytes("AdamW", "optim_bits=8"),
  paged_adamw_8bit: bitsandbytes("AdamW", "optim_bits=8", "is_paged=True"),
  paged_adamw_32bit: bitsandbytes("AdamW", "optim_bits=32", "is_paged=True"),
  lion: bitsandbytes("Lion", "optim_bits=32"),
  adafactor: { callee: "Adafactor", options: ["scale_parameter=False", "relative_step=False"] },
  sgd: { callee: "torch.optim.SGD", options: ["foreach=True"] },
  sgd_momentum: { callee: "torch.optim.SGD", options: ["momentum=0.9", "foreach=True"] },
};

/** Whether the script can make it. */
export const hasOptimizer = (id: OptimizerId): boolean => MADE[id] !== undefined;

/** Packages beside PyTorch, transformers and PEFT. */
export const optimizerNeeds = (id: OptimizerId): readonly string[] => {
  const needs = MADE[id]?.needs;
  return needs === undefined ? [] : [needs];
};

/** Whether it is transformers' own. */
export const isOfTransformers = (id: OptimizerId): boolean => MADE[id]?.callee === "Adafactor";

/** The line that makes it. */
export const optimizerLine = (id: OptimizerId): string => {
  const { callee = "", options = [] } = MADE[id] ?? {};
  return `optimizer = ${callee}(${["trained", `lr=${LEARNING_RATE}`, ...options].join(", ")})`;
};
