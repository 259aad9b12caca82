import type { Choices } from "./choices.ts";
import { DEFAULT_CHOICES } from "./defaults.ts";

/**
 * Makes choices such as a link can carry: `quant` belongs to QLoRA in focus alone, and an evaluation that generates (`evalgen`) keeps tokens, and neither logits nor
 * their argmax (a link that says otherwise is told so), so each falls back to its default. Without this the page and its own link would disagree.
 */
export const settle = (choices: Choices): Choices => {
  const { quant, evalkeep } = DEFAULT_CHOICES;
  const settled = {
    ...choices,
    ...(choices.method !== "qlora" && { quant }),
    ...(choices.evalgen > 0 && { evalkeep }),
  };
  return settled.quant === choices.quant && settled.evalkeep === choices.evalkeep ? choices : settled;
};
