import type { Compute } from "#scenario/keys/values.ts";

/** Types as PyTorch calls them. */
export const TORCH_TYPES: Readonly<Record<Compute, string>> = { fp32: "float32", bf16: "bfloat16", fp16: "float16" };
