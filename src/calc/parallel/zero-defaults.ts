/**
 * DeepSpeed's own defaults, in elements, for the settings that accelerate does not derive from the model.
 *
 * @see deepspeed/runtime/zero/config.py (0.19), `DeepSpeedZeroConfig`
 */
export const ZERO_DEFAULTS = {
  /** The most parameters that are whole at once (stage 3): gathering runs ahead of the module that runs until this many are. */
  maxLive: 1_000_000_000,
  /** The most parameters that are updated at once (stage 3). */
  subGroup: 1_000_000_000,
} as const;

/**
 * The values that accelerate puts for "auto", which the configurations of transformers, Axolotl and LLaMA-Factory say. `reduceBucket`: elements of gradients
 * that are reduced at once. `persistent`: parameters of fewer elements stay whole on every rank (stage 3).
 *
 * @see accelerate 1.15, accelerator.py, `_prepare_deepspeed` (`hidden_size_based_keys`)
 */
export const zeroBuckets = (hidden_size: number): Readonly<{ reduceBucket: number; persistent: number }> => ({
  reduceBucket: hidden_size ** 2,
  persistent: 10 * hidden_size,
});
