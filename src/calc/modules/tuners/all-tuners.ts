import type { TunerId } from "#calc/model/tuner-id.ts";
import type { Tuner } from "#calc/modules/loaded.ts";
import { dora } from "./dora.ts";
import { lora } from "./lora.ts";
import { vera } from "./vera.ts";

/** Every tuner. */
export const ALL_TUNERS: Readonly<Record<TunerId, Tuner>> = { lora, dora, vera };
