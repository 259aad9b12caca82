// Memory for serving several adapters: switched on one base, or each merged into its own.

import type { MethodId } from "#calc/model/scenario.ts";
import type { LoadedWeights } from "./loaded-weights.ts";

/** Weights in memory for several adapters of one base: on it and switched at run time, or each merged into a base of its own. Bytes, without caches. */
export type Serving = Readonly<{ baseBytes: number; adapterBytes: number; switchedBytes: number; mergedBytes: number }>;

/** What is loaded with a base in 16 bits (`lora`) and with a quantised one (`qlora`). */
export type LoadedBases = Readonly<Record<Exclude<MethodId, "full">, LoadedWeights>>;

/**
 * Memory of k adapters of the chosen rank and targets. Switched: base + k × adapter. Merged: k × base in 16 bits, since an adapter is merged into weights that
 * are not quantised.
 *
 * @param method whose base the adapters are switched on
 * @see peft/tuners/lora/model.py, `merge_and_unload`; peft/peft_model.py, `set_adapter`.
 */
export const serving = (
  loaded: LoadedBases,
  { method, adapters }: Readonly<{ method: keyof LoadedBases; adapters: number }>,
): Serving => {
  const base = loaded[method];
  return {
    baseBytes: base.weights,
    adapterBytes: base.adapters,
    switchedBytes: base.weights + adapters * base.adapters,
    mergedBytes: adapters * loaded.lora.weights,
  };
};
