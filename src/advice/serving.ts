import type { Catalog } from "#catalog/catalog.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** Weights in memory for several adapters of one base: on it and switched at run time, or each merged into a base of its own. Bytes, without caches. */
export type Serving = Readonly<{ baseBytes: number; adapterBytes: number; switchedBytes: number; mergedBytes: number }>;

/**
 * Memory of k adapters of the chosen rank and targets. Switched: base + k × adapter. Merged: k × base in 16 bits, since an adapter is merged into weights that
 * are not quantised. From the estimate's own weights and adapters after loading, in the formats that they are trained in.
 *
 * @param method with a base in 16 bits (`lora`) or quantised (`qlora`)
 * @see peft/tuners/lora/model.py, `merge_and_unload`; peft/peft_model.py, `set_adapter`.
 */
export const serving = (
  choices: Choices,
  { method, adapters }: Readonly<{ method: Exclude<MethodId, "full">; adapters: number }>,
  catalog: Catalog,
): Serving => {
  const loaded = (each: MethodId): Readonly<{ weights: number; adapters: number }> => {
    const [answer] = toAnswer({ ...choices, gpus: 1, show: [each] }, catalog).methods;
    const parts = answer?.estimate.moments[0]?.parts;
    return { weights: parts?.weights ?? 0, adapters: parts?.adapters ?? 0 };
  };
  const base = loaded(method);
  return {
    baseBytes: base.weights,
    adapterBytes: base.adapters,
    switchedBytes: base.weights + adapters * base.adapters,
    mergedBytes: adapters * loaded("lora").weights,
  };
};
