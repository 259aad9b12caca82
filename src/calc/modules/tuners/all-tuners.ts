import type { TunerId } from "#calc/model/tuner-id.ts";
import { dora } from "./dora.ts";
import { lora } from "./lora.ts";
import type { Tuner } from "#calc/modules/loaded.ts";

/** Every tuner. */
export const ALL_TUNERS: Readonly<Record<TunerId, Tuner>> = { lora, dora };
