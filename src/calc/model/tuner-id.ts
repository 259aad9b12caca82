import type { Lora, Method, TUNERS } from "./scenario.ts";

/** Ways of training few parameters beside a frozen model, by what PEFT calls them; DoRA is LoRA's `use_dora`. */
export type TunerId = (typeof TUNERS)[number] | "dora";

/** Tuners that PEFT has beside a base of 16 or 32 bits alone. */
const UNQUANTIZED: ReadonlySet<string> = new Set<TunerId>(["loha", "lokr", "vblora"]);

/** Whether PEFT has a tuner beside such a base alone. */
export const isUnquantized = (tuner: TunerId): boolean => UNQUANTIZED.has(tuner);

/** Tuners without a dropout of an adapter's input. */
const WITHOUT_DROPOUT: ReadonlySet<string> = new Set<TunerId>(["ia3", "loha", "lokr", "oft", "prompt_tuning"]);

/** Whether a tuner drops entries of its input. */
export const hasDropout = (tuner: TunerId): boolean => !WITHOUT_DROPOUT.has(tuner);

/** The tuner of a method; null where the model itself is trained. */
export const tunerIdOf = (method: Method): TunerId | null => {
  if (method.kind === "full") return null;
  const { tuner = "lora", use_dora } = method.lora;
  return tuner === "lora" && use_dora ? "dora" : tuner;
};

/** Whether it trains inputs of the model, and nothing beside its matrices. */
export const learnsPrompt = ({ tuner }: Pick<Lora, "tuner">): boolean => tuner === "prompt_tuning";

/** Positions that a method has before those of the batch: virtual tokens of prompt tuning, whose `num_virtual_tokens` is the rank. */
export const virtualTokensOf = (method: Method): number =>
  method.kind !== "full" && learnsPrompt(method.lora) ? method.lora.r : 0;
