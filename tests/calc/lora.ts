import type { Lora } from "#calc/model/scenario.ts";

/** A `LoraConfig` of which a test says only what matters to it. */
export const lora = (patch: Partial<Lora> = {}): Lora => ({
  r: 16,
  lora_alpha: 32,
  lora_dropout: 0,
  target_modules: "all-linear",
  use_dora: false,
  modules_to_save: [],
  adapters: "fp32",
  ...patch,
});
