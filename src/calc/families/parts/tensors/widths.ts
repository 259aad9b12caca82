import type { Architecture } from "#calc/model/architecture.ts";

/** The widths that most layers are built of, in elements: h, a·d, k·d, f. An absent `intermediate_size` is 4h, as in GPT-2. */
export const widths = (
  a: Architecture,
): Readonly<{ hidden: number; query: number; keyValue: number; intermediate: number }> => ({
  hidden: a.hidden_size,
  query: a.num_attention_heads * a.head_dim,
  keyValue: a.num_key_value_heads * a.head_dim,
  intermediate: a.intermediate_size ?? 4 * a.hidden_size,
});
