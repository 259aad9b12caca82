import type { Tensor } from "#calc/tape/tape.ts";
import type { Experts } from "./expert-gates.ts";
import { dequantizedExperts, readExperts } from "./fused-experts.ts";
import { type Loaded, tensorOf } from "./loaded.ts";
import { adaptedExperts, expertFactors, packedExpertsDelta, withDelta } from "./parameter-adapter.ts";

/** The weights that a product with `x` takes, by the parameter's name among the experts; bound in the caller's scope. */
export type ExpertWeights = (name: string, x: Tensor) => Tensor;

/** Activates the adapter of a parameter: what it keeps is bound in the caller's scope, and so is the sum that each call makes. null: it has none. */
const activated = (loaded: Loaded, name: string, transposed: boolean): (() => Tensor) | null => {
  const { num_experts: experts = 1 } = loaded.architecture;
  const adapter = loaded.parameterAdapters.get(name);
  if (adapter === undefined) return null;
  if (loaded.packed.has(name)) {
    const read = (): Tensor => dequantizedExperts(loaded, name, false);
    const delta = packedExpertsDelta(read, adapter, experts);
    return () => withDelta(read(), delta);
  }
  const weight = tensorOf(loaded, name);
  const factors = expertFactors(weight, adapter, { experts, transposed });
  return () => adaptedExperts(weight, factors);
};

/**
 * The weights of experts as PEFT's `ParamWrapper` has a module take them: with their updates. The outermost wrapper, that of the second product, acts first.
 *
 * @see PEFT 0.21, tuners/lora/layer.py, `ParamWrapper._activate_lora`
 */
export const expertWeights = (
  loaded: Loaded,
  { path, up = "gate_up_proj", transposed = false }: Pick<Experts, "path" | "up"> & Readonly<{ transposed?: boolean }>,
): ExpertWeights => {
  const adapted = new Map(["down_proj", up].map((name) => [name, activated(loaded, `${path}.${name}`, transposed)]));
  return (name, x) => adapted.get(name)?.() ?? readExperts(loaded, `${path}.${name}`, x);
};
