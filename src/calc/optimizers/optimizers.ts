import type { OptimizerId } from "#calc/scenario.ts";
import { adafactor } from "./adafactor.ts";
import { adamw8bit } from "./adamw-8bit.ts";
import { adamwForeach, adamwFused } from "./adamw.ts";
import { apolloAdamw } from "./apollo-adamw.ts";
import { galoreAdamw } from "./galore-adamw.ts";
import { lion } from "./lion.ts";
import { muon } from "./muon.ts";
import type { Optimizer } from "./optimizer.ts";
import { pagedAdamw32bit, pagedAdamw8bit } from "./paged-adamw.ts";
import { sgd, sgdMomentum } from "./sgd.ts";

/** Every optimizer, by transformers' name of `optim`. */
export const OPTIMIZERS_BY_ID: Readonly<Record<OptimizerId, Optimizer>> = {
  adamw_torch: adamwForeach,
  adamw_torch_fused: adamwFused,
  adamw_bnb_8bit: adamw8bit,
  paged_adamw_8bit: pagedAdamw8bit,
  paged_adamw_32bit: pagedAdamw32bit,
  adafactor,
  lion,
  sgd,
  sgd_momentum: sgdMomentum,
  galore_adamw: galoreAdamw,
  apollo_adamw: apolloAdamw,
  muon,
};
