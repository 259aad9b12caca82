import { key, ofStack, special, whole, type Keys } from "./key.ts";

/** Tokens: the longest context of an open model is 10,485,760 (Llama 4 Scout). */
export const TOKENS = whole(1, 10_485_760);

/** The keys of controls that stand open. */
export const OPEN = {
  model: key(special("model"), { kind: "catalog", id: "llama-3.1-8b" }),
  gpu: key(special("gpu"), { kind: "catalog", id: "rtx-4090" }),
  gpus: key(whole(1, 4096), 1),
  batch: key(whole(1, 4096), 1),
  seq: key(TOKENS, 2048),
  r: key(whole(1, 1024), 16),
  targets: key(special("targets"), "all-linear"),
  weights: ofStack(special("format")),
  grads: ofStack(special("format")),
  states: ofStack(special("format")),
  adapters: ofStack(special("format")),
} satisfies Keys;
