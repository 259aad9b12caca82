import type { Architecture } from "#calc/architecture.ts";
import type { Forward } from "./forward.ts";
import { llama } from "./llama.ts";

/** The forward pass of a model type. */
export const forwardOf = (_architecture: Architecture): Forward => llama;
