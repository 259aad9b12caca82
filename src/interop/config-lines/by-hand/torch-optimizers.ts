import type { OptimizerId } from "#calc/model/scenario.ts";
import { WITH_BITSANDBYTES } from "#interop/config-lines/with-bitsandbytes.ts";

/** A class, and what it is told beside the learning rate. */
export type TorchOptimizer = Readonly<{
  component: string;
  fused?: boolean;
  momentum?: number;
  versions?: string;
  /** Stepped while gradients are made, a parameter at a time. */
  isInBackward: boolean;
}>;

/** @see torchtune@bd2a0fc7:recipes/configs/, optimizer._component_; pytorch.org/docs/stable/optim.html */
const CLASSES: Readonly<Partial<Record<OptimizerId, Omit<TorchOptimizer, "isInBackward">>>> = {
  adamw_torch: { component: "torch.optim.AdamW", fused: false },
  adamw_torch_fused: { component: "torch.optim.AdamW", fused: true },
  adamw_bnb_8bit: { component: "bitsandbytes.optim.AdamW8bit", versions: WITH_BITSANDBYTES },
  paged_adamw_8bit: { component: "bitsandbytes.optim.PagedAdamW8bit", versions: WITH_BITSANDBYTES },
  paged_adamw_32bit: { component: "bitsandbytes.optim.PagedAdamW", versions: WITH_BITSANDBYTES },
  adafactor: { component: "torch.optim.Adafactor" },
  sgd: { component: "torch.optim.SGD" },
  sgd_momentum: { component: "torch.optim.SGD", momentum: 0.9 },
};

/** What is stepped in backward, and as what. */
const IN_BACKWARD: Readonly<Partial<Record<OptimizerId, OptimizerId>>> = {
  adamw_in_backward: "adamw_torch_fused",
  adamw_bnb_8bit_in_backward: "adamw_bnb_8bit",
  paged_adamw_8bit_in_backward: "paged_adamw_8bit",
  paged_adamw_32bit_in_backward: "paged_adamw_32bit",
};

/** The class of an optimizer, for libraries that take any; undefined where none is known. */
export const torchOptimizer = (optim: OptimizerId): TorchOptimizer | undefined => {
  const stepped = IN_BACKWARD[optim];
  const found = CLASSES[stepped ?? optim];
  return found && { ...found, isInBackward: stepped !== undefined };
};
