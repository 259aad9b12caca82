/** The formats in which the base of QLoRA can be stored, by the names of a link. */
export const QUANTS = ["nf4", "fp4", "int8", "gptq", "unsloth-dynamic"] as const;
