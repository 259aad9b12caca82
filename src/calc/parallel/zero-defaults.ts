/**
 * What DeepSpeed runs with, in elements: its own defaults, where Trainer's configuration does not derive them from the model.
 *
 * @see deepspeed/runtime/zero/config.py (0.19), `DeepSpeedZeroConfig`
 */
export const ZERO_DEFAULTS = {
  /** Parameters that are whole at once, at most; gathering runs ahead of the module at work until they are (stage 3). */
  maxLive: 1_000_000_000,
  /** Parameters that are updated at once (stage 3). */
  subGroup: 1_000_000_000,
} as const;

/**
 * What accelerate puts for "auto", as the configurations of transformers, Axolotl and LLaMA-Factory have it: gradients reduced at once, and up to which size a
 * parameter stays whole on every rank (stage 3).
 *
 * @see accelerate 1.15, accelerator.py, `_prepare_deepspeed` (`hidden_size_based_keys`)
 */
export const zeroBuckets = (hidden_size: number): Readonly<{ reduceBucket: number; persistent: number }> => ({
  reduceBucket: hidden_size ** 2,
  persistent: 10 * hidden_size,
});
