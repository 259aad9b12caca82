// Size of the key-value cache in generation, by layer type.

import type { Architecture } from "#calc/model/architecture.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { type PerTerm, ALLOCATED_TERM_IDS } from "#calc/model/terms.ts";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import type { DeviceMemory, Held } from "./device-memory.ts";
import { keepsWindow } from "./evaluation-forward.ts";

/** The letter of a layer with attention in the pattern of Nemotron-H. */
const ATTENTION_LETTER = "*";

/** Whether the mixer of a layer attends to tokens before it: linear attention, Mamba and convolutions have states that do not grow. */
const attends = (
  { layer_kinds, layer_types, hybrid_override_pattern: pattern }: Architecture,
  layer: number,
): boolean => {
  if (pattern !== undefined) return pattern[layer] === ATTENTION_LETTER;
  const mixer = layer_kinds?.[layer] ?? layer_types?.[layer] ?? "attention";
  return mixer.includes("attention") && !mixer.startsWith("linear");
};

/** How many of so many tokens the cache of a layer holds. */
const tokensHeld = (
  { architecture, forward }: Pick<Generation, "architecture" | "forward">,
  layer: number,
  tokens: number,
): number => {
  if (!attends(architecture, layer)) return 0;
  const { sliding_window = tokens } = architecture;
  return keepsWindow(architecture, forward.attentionKind?.(architecture, layer) ?? "")
    ? Math.min(tokens, sliding_window)
    : tokens;
};

/** Elements of keys and values that a layer's cache has for each token: with latent attention, keys and values of every head. */
const elementsPerToken = (architecture: Architecture): number => {
  const { num_attention_heads, num_key_value_heads, head_dim, kv_lora_rank } = architecture;
  const { qk_nope_head_dim = 0, qk_rope_head_dim = 0, v_head_dim = 0 } = architecture;
  return kv_lora_rank === undefined
    ? 2 * num_key_value_heads * head_dim
    : num_attention_heads * (qk_nope_head_dim + qk_rope_head_dim + v_head_dim);
};

/** A generation: the prompt's rows and tokens, how many tokens it makes, and the bytes of an element of keys and values. */
export type Generation = Readonly<{
  architecture: Architecture;
  forward: Forward;
  rows: number;
  promptTokens: number;
  newTokens: number;
  elementBytes: number;
  /** What the forward of the prompt has at its highest: logits of the last position alone. */
  prefill: PerTerm<number>;
}>;

/** Which part of the cache is left of so many tokens, where some layers keep a window of them. */
export const shareInWindows = (model: Pick<Generation, "architecture" | "forward">, tokens: number): number => {
  const layers = Array.from({ length: model.architecture.num_hidden_layers }, (_, layer) => layer);
  const attending = layers.filter((layer) => attends(model.architecture, layer));
  const held = attending.reduce((all, layer) => all + tokensHeld(model, layer, tokens), 0);
  return attending.length === 0 ? 0 : held / (attending.length * tokens);
};

/** Bytes of each layer's cache after so many tokens; none of layers without attention, whose states do not grow. */
const cacheBytes = (
  generation: Pick<Generation, "architecture" | "forward" | "rows" | "elementBytes">,
  tokens: number,
): readonly number[] => {
  const { architecture, rows, elementBytes } = generation;
  const perToken = rows * elementsPerToken(architecture) * elementBytes;
  return Array.from(
    { length: architecture.num_hidden_layers },
    (_, layer) => tokensHeld(generation, layer, tokens) * perToken,
  );
};

/**
 * `model.generate()` with a `DynamicCache`: the prompt's forward fills the cache of every layer; each further token makes keys, then values, of a layer anew, one longer
 * (`torch.cat`), beside the old ones. Read, not run.
 *
 * @see transformers 5.24, cache_utils.py, `DynamicLayer.update`; generation/utils.py, `_sample`
 */
export const generate = (device: DeviceMemory, generation: Generation): void => {
  const { architecture, rows, promptTokens, newTokens, prefill } = generation;
  const ids = device.allocate("generated tokens", rows * (promptTokens + newTokens) * ELEMENT_BYTES.int64);
  const prompt = cacheBytes(generation, promptTokens).map((size) => device.allocate("KV cache", size));
  device.free(...ALLOCATED_TERM_IDS.map((term) => device.allocateBlocks(term, prefill[term])));
  device.free(...prompt);
  const last = cacheBytes(generation, promptTokens + newTokens);
  const held: readonly Held[] = last.map((size) => device.allocate("KV cache", size));
  // Keys and values are a tensor each.
  const copied = device.allocate("KV cache", Math.max(...last) / 2);
  const logits = device.allocate("logits", rows * architecture.vocab_size * ELEMENT_BYTES.fp32);
  device.free(copied, logits, ids, ...held);
};
