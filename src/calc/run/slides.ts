import type { Architecture } from "#calc/model/architecture.ts";

const SLIDING = /\bsliding/;
const FULL = /\bfull_attention/;

/**
 * Whether the cache of a layer keeps a window of tokens alone: its kind says so, or all layers have the window that the model's config names.
 *
 * @see transformers 5.24, cache_utils.py, `DynamicCache.__init__`
 */
export const slides = ({ sliding_window }: Pick<Architecture, "sliding_window">, kind: string): boolean =>
  sliding_window !== undefined && (SLIDING.test(kind) || !FULL.test(kind));
