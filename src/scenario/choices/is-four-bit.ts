import type { Choices } from "./choices.ts";

/** Whether a base is stored in bitsandbytes' 4 bits, all of it or most. */
export const isFourBit = (quant: Choices["quant"]): boolean => quant !== "int8" && quant !== "gptq";
