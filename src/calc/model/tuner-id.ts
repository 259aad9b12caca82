import type { Method } from "./scenario.ts";

/** Ways of training few parameters beside a frozen model, by what PEFT calls them. */
export type TunerId = "lora" | "dora";

/** The tuner of a method; null where the model itself is trained. */
export const tunerIdOf = (method: Method): TunerId | null => {
  if (method.kind === "full") return null;
  return method.lora.use_dora ? "dora" : "lora";
};
