import type { Choices } from "./choices.ts";
import { DEFAULT_CHOICES } from "./defaults.ts";

/**
 * Makes choices such as a link can carry: `quant` belongs to QLoRA in focus alone (a link that names it with another method is told so), so it
 * falls back to its default with any other. Without this the page and its own link would disagree.
 */
export const settle = (choices: Choices): Choices =>
  choices.method === "qlora" || choices.quant === DEFAULT_CHOICES.quant
    ? choices
    : { ...choices, quant: DEFAULT_CHOICES.quant };
