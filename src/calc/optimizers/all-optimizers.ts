// All optimizers by transformers' names of `optim`.

import type { OptimizerId } from "#calc/model/scenario.ts";
import { adafactor } from "./adafactor.ts";
import { adamw8bit, pagedAdamw32bit, pagedAdamw8bit } from "./adamw-8bit.ts";
import { adamwForeach, adamwFused, adamwApex } from "./adamw.ts";
import { apolloAdamw, galoreAdamw } from "./low-rank-adamw.ts";
import { adalomo, inBackward, lomo } from "./in-backward.ts";
import { lion } from "./lion.ts";
import { muon } from "./muon.ts";
import type { Optimizer } from "./optimizer.ts";
import { sgd, sgdMomentum } from "./sgd.ts";
import { torchaoAdamw4bit, torchaoAdamw8bit } from "./torchao-adamw.ts";

/** Every optimizer. */
export const ALL_OPTIMIZERS: Readonly<Record<OptimizerId, Optimizer>> = {
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
  adamw_torch_8bit: torchaoAdamw8bit,
  adamw_torch_4bit: torchaoAdamw4bit,
  adamw_apex_fused: adamwApex,
  lomo,
  adalomo,
  adamw_in_backward: inBackward(adamwFused),
  adamw_bnb_8bit_in_backward: inBackward(adamw8bit),
  paged_adamw_8bit_in_backward: inBackward(pagedAdamw8bit),
  paged_adamw_32bit_in_backward: inBackward(pagedAdamw32bit),
};
