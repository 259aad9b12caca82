import { TUNERS } from "#calc/model/scenario.ts";
import { decimal, flag, key, oneOf, orElse, special, type Keys } from "./key.ts";

/** Adapters, but for their rank and targets. */
export const LORA = {
  alpha: orElse(decimal(0, 65_536), "twice the rank is used"),
  dropout: key(decimal(0, 0.9), 0),
  dora: key(flag, false),
  /** The adapter method, by PEFT's name; DoRA is the key `dora` of LoRA. */
  tuner: key(oneOf(TUNERS), "lora"),
  save: key(special("modules"), [], { otherwise: "none is used" }),
} satisfies Keys;
