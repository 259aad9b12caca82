import type { Architecture } from "#calc/model/architecture.ts";

/** Every fourth layer attends to all tokens, the others to a window. */
export const everyFourth = (_: Architecture, index: number): string =>
  (index + 1) % 4 === 0 ? "full_attention" : "sliding_attention";
