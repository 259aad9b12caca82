import type { MethodId } from "#calc/model/scenario.ts";

/** Methods that have adapters. */
export type AdaptingMethod = Exclude<MethodId, "full">;

/** Whose adapters are meant where a method has none itself: LoRA's. */
export const adaptingMethod = (method: MethodId): AdaptingMethod => (method === "full" ? "lora" : method);
