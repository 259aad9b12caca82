import type { Architecture } from "#calc/architecture.ts";
import type { Forward } from "./forward.ts";
import { gemma } from "./gemma.ts";
import { gemma2, gemma3 } from "./gemma2.ts";
import { llama } from "./llama.ts";

const FORWARDS: Readonly<Record<string, Forward>> = { gemma, gemma2, gemma3, gemma3_text: gemma3 };

/** The forward pass of a model type; Llama's where it has none of its own. */
export const forwardOf = ({ model_type }: Architecture): Forward => FORWARDS[model_type] ?? llama;
