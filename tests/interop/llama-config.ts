/** A small config.json of Llama's, with all that can be counted said in it: tests change or leave out a field. */
export const LLAMA_CONFIG = {
  model_type: "llama",
  hidden_size: 4096,
  intermediate_size: 11008,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 32,
  vocab_size: 32000,
  max_position_embeddings: 4096,
  tie_word_embeddings: false,
  hidden_act: "silu",
};
