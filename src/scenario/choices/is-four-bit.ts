import type { Choices } from "#scenario/keys/choices.ts";

/** Whether a base is stored in bitsandbytes' 4 bits, all of it or most. */
export const isFourBit = (quant: Choices["quant"]): boolean => quant !== "int8" && quant !== "gptq";

/** Whether every linear of a base is, none of them left in 16 bits. */
export const isAllFourBit = (quant: Choices["quant"]): quant is "nf4" | "fp4" => quant === "nf4" || quant === "fp4";
