import type { LossPath } from "#calc/model/scenario.ts";

/** Chunks of tokens that torchtune made the custom; Axolotl took the number over. */
const CHUNKS = 8;

/** What the choices of `loss` other than `full` mean unless a library says otherwise: Liger's kernels, eight chunks of tokens. */
export const LOSS_PATHS = {
  inplace: { kind: "inplace" },
  chunked: { kind: "chunked", chunks: CHUNKS },
  fused: { kind: "fused", kernel: "liger" },
} as const satisfies Readonly<Record<string, LossPath>>;
