/**
 * DeepSpeed's defaults, in elements.
 *
 * @see deepspeed/runtime/zero/config.py, `DeepSpeedZeroConfig`
 */
export const ZERO_DEFAULTS = {
  /** Gradients that are reduced at once, in one buffer. */
  reduceBucket: 500_000_000,
  /** Parameters gathered ahead of the module at work (stage 3). */
  prefetchBucket: 50_000_000,
  /** A module's parameters stay whole when no more than so many are used before it is needed again (stage 3). */
  maxReuseDistance: 1_000_000_000,
  /** Parameters that are updated at once (stage 3). */
  subGroup: 1_000_000_000,
} as const;
