import type { Keeps } from "./keep-outputs.ts";

/** Matrix products that no bias is added to (`aten.mm`), under the names that they have on the tape; a 4-bit linear multiplies so too. */
const MATRIX_PRODUCTS = new Set(["mm", "matmul_4bit"]);

/** Kernels of attention, and what a rank gets of a sum that is shared out. */
const KEPT = new Set(["flash_attention", "reduce-scatter"]);

/**
 * torchtitan's policy by operation: outputs of attention, of reduce-scatters and of matrix products are kept, but of every second product, which are counted within a
 * layer's run.
 *
 * @see torchtitan/parallelisms/parallelize_llama.py (December 2024), `_save_list`, `_get_custom_policy`; later torchtitan/distributed/activation_checkpoint.py
 */
export const keptByOperation = (): Keeps => {
  let products = 0;
  return (operation) => (MATRIX_PRODUCTS.has(operation) ? ++products % 2 === 1 : KEPT.has(operation));
};
