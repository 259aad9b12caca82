// List of all tuners.

import type { TunerId } from "#calc/model/tuners.ts";
import type { Tuner } from "#calc/modules/loaded-modules.ts";
import { adalora } from "./adalora.ts";
import { dora } from "./dora.ts";
import { ia3 } from "./ia3.ts";
import { loha, lokr } from "./lycoris.ts";
import { lora, lorafa } from "./lora.ts";
import { oft } from "./oft.ts";
import { promptTuning } from "./prompt-tuning.ts";
import { vblora } from "./vblora.ts";
import { vera } from "./vera.ts";

/** Every tuner. */
export const ALL_TUNERS: Readonly<Record<TunerId, Tuner>> = {
  lora,
  dora,
  vera,
  ia3,
  lorafa,
  loha,
  lokr,
  oft,
  vblora,
  adalora,
  prompt_tuning: promptTuning,
};
