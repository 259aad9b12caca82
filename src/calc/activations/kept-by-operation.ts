import type { Keeps } from "./keep-outputs.ts";

/** The tape's names of matrix products without a bias (`aten.mm`). A 4-bit linear calls that too. */
const MATRIX_PRODUCTS = new Set(["mm", "matmul_4bit"]);

/** The tape's names of the other operations whose outputs are kept. */
const KEPT = new Set(["flash_attention", "efficient_attention", "reduce-scatter"]);

/**
 * torchtitan's policy by operation: the outputs of attention, of reduce-scatters, and of every other matrix product are kept. Products are counted anew in each
 * layer, from the first, which is kept.
 *
 * @see torchtitan/parallelisms/parallelize_llama.py (December 2024), `_save_list`, `_get_custom_policy`; later torchtitan/distributed/activation_checkpoint.py
 */
export const keptByOperation = (): Keeps => {
  let products = 0;
  return (operation) => (MATRIX_PRODUCTS.has(operation) ? ++products % 2 === 1 : KEPT.has(operation));
};
