import { TEXT_PARTS } from "#interop/config/decoder-part.ts";

/** Parts beside the text decoder. */
export const OF_OTHER_PARTS: readonly string[] = [
  "vision_config",
  "audio_config",
  "perceiver_config",
  "speech_config",
  "thinker_config.vision_config",
  "thinker_config.audio_config",
  "talker_config",
  "token2wav_config",
  "code2wav_config",
];

/** What config.json files say of tokens, initial weights, positions and writing, and what the reader of architectures takes without a word. */
const NAMES =
  `architectures model_type _name_or_path transformers_version torch_dtype dtype use_cache bos_token_id eos_token_id pad_token_id
decoder_start_token_id initializer_range initializer_factor rms_norm_eps layer_norm_eps layer_norm_epsilon norm_eps norm_epsilon rope_theta
rope_scaling rope_parameters rope_local_base_freq rope_interleave rotary_pct rotary_dim rotary_base rotary_emb_base partial_rotary_factor
original_max_position_embeddings auto_map attention_dropout hidden_dropout attn_pdrop resid_pdrop embd_pdrop dropout pretraining_tp
hidden_act hidden_activation activation_function hidden_act_param attention_bias mlp_bias qkv_bias add_bias_linear tie_word_embeddings
use_sliding_window max_window_layers layer_types sliding_window_pattern query_pre_attn_scalar final_logit_softcapping attn_logit_softcapping
attn_logit_cap router_aux_loss_coef output_router_logits norm_topk_prob routed_scaling_factor router_jitter_noise scoring_func topk_group
topk_method n_group aux_loss_alpha seq_aux moe_layer_freq ep_size decoder_sparse_step mlp_only_layers use_qk_norm qk_norm is_decoder
image_token_index image_token_id video_token_id boi_token_index eoi_token_index vision_start_token_id vision_end_token_id mm_tokens_per_image
vision_token_id quantization unsloth_fixed unsloth_version id2label label2id task_specific_params summary_activation summary_first_dropout
summary_proj_to_labels summary_type summary_use_proj n_ctx reorder_and_upcast_attn scale_attn_by_inverse_layer_idx scale_attn_weights
gradient_checkpointing chunk_size_feed_forward embedding_multiplier logits_scaling residual_multiplier attention_multiplier use_mrope
interleaved_slots logits_to_keep cache_implementation fused_mlp fused_rotary_emb alibi new_decoder_architecture parallel_attn multi_query bias`.split(
    /\s+/,
  );

const SECTIONS = ["rope_scaling.", "rope_parameters.", "auto_map.", "id2label.", "label2id.", "task_specific_params."];

const everywhere = [...NAMES, ...SECTIONS];

/** Fields of a config.json that are taken with the others, or change no memory. */
export const HARMLESS_OF_CONFIG: readonly string[] = [
  ...everywhere,
  ...TEXT_PARTS.flatMap((part) => everywhere.map((name) => `${part}.${name}`)),
  ...OF_OTHER_PARTS.map((part) => `${part}.`),
  "quantization_config.",
];
