import type { Method, TUNERS } from "./scenario.ts";

/** Ways of training few parameters beside a frozen model, by what PEFT calls them; DoRA is LoRA's `use_dora`. */
export type TunerId = (typeof TUNERS)[number] | "dora";

/** The tuner of a method; null where the model itself is trained. */
export const tunerIdOf = (method: Method): TunerId | null => {
  if (method.kind === "full") return null;
  const { tuner = "lora", use_dora } = method.lora;
  return tuner === "lora" && use_dora ? "dora" : tuner;
};
