import { METHODS } from "#calc/model/scenario.ts";
import { key, oneOf, special, type Keys } from "./key.ts";

export const METHOD = {
  /** The method in focus. */
  method: key(oneOf(METHODS), "lora"),
  /** The methods shown, in fixed order; never empty. */
  show: key(special("methods"), ["full", "lora", "qlora"]),
} satisfies Keys;
