import { HARMLESS_OF_BITS } from "#interop/import/tools/hugging-face/bitsandbytes.ts";
import { HARMLESS_ARGUMENTS } from "#interop/import/tools/hugging-face/harmless-arguments.ts";
import { HARMLESS_OF_LAUNCHERS } from "#interop/import/tools/launch/processes.ts";

/** Data, templates, answers, saving, and what else of ms-swift's changes no memory of a step. @see ms-swift@3602360a:swift/arguments/ */
const OF_SWIFT =
  `model_type model_revision model_name model_author model_kwargs use_hf hub_token task_type dataset val_dataset cached_dataset
cached_val_dataset split_dataset_ratio data_seed dataset_num_proc dataset_shuffle val_dataset_shuffle load_from_cache_file streaming
interleave_prob stopping_strategy shuffle_buffer_size download_mode columns strict remove_unused_columns custom_dataset_info custom_register_path
external_plugins template system truncation_strategy loss_scale agent_template use_chat_template template_backend template_mode response_prefix
padding_side enable_thinking add_non_thinking_prefix response_length norm_bbox load_args load_data_args save_only_model add_version
create_checkpoint_symlink output_dir lazy_tokenize packing_cache packing_length packing_num_proc group_by_length acc_strategy loss_type
enable_dft_loss enable_channel_loss metric eval_metric callbacks max_epochs early_stop_interval merge_lora safe_serialization max_shard_size
check_model logging_first_step report_to swanlab_project swanlab_exp_name swanlab_token swanlab_mode init_weights use_rslora lorap_lr_ratio
vit_lr aligner_lr adapters ref_adapters resume_only_model ignore_args_error local_repo_path init_strategy rope_scaling max_model_len
zero_hpz_partition_size deepspeed_autotp_size tuner_backend num_generations max_completion_length temperature top_p top_k repetition_penalty
max_new_tokens stop_words stream infer_backend val_dataset_sample log_completions reward_funcs reward_weights reward_model_plugin beta rpo_alpha
cpo_alpha simpo_gamma desirable_weight undesirable_weight lmbda seq_kd sft_alpha ld_alpha loss_weights epsilon epsilon_high delta tau_pos tau_neg
num_iterations steps_per_generation generation_batch_size dynamic_sample overlong_filter max_resample_times scale_rewards kl_in_reward
advantage_estimator importance_sampling_level multi_turn_scheduler max_turns completion_length_limit_scope async_generate sleep_level
move_model_batches vllm_mode vllm_server_host vllm_server_port vllm_server_base_url vllm_server_timeout vllm_server_pass_dataset
vllm_gpu_memory_utilization vllm_tensor_parallel_size vllm_pipeline_parallel_size vllm_data_parallel_size vllm_max_model_len vllm_enforce_eager
vllm_enable_prefix_caching vllm_enable_lora vllm_max_num_seqs vllm_limit_mm_per_prompt vllm_use_async_engine write_batch_size result_path
problem_type to_cached_dataset predict_with_generate metric_for_best_model greater_is_better label_names dataloader_num_workers
gradient_checkpointing_kwargs use_gym_env log_entropy top_entropy_quantile log_rollout_offpolicy_metrics teacher_deepspeed teacher_model_server
gkd_logits_topk teacher_adapters port max_batch_size served_model_name bnb_4bit_compute_dtype hqq_axis 
ENABLE_AUDIO_OUTPUT 
SYSTEM_PROMPT MODELSCOPE_CACHE USE_HF INFONCE_TEMPERATURE INFONCE_MASK_FAKE_NEGATIVE INFONCE_INCLUDE_QQ INFONCE_INCLUDE_DD MAX_NEGATIVE_SAMPLES
max_position_embeddings offload_model offload_optimizer NNODES NODE_RANK ASCEND_RT_VISIBLE_DEVICES
TASK_QUEUE_ENABLE CPU_AFFINITY_CONF eval_use_evalscope eval_dataset eval_limit quant_method galore_scale
galore_update_proj_gap llamapro_num_new_blocks reft_intervention_type lora_ga_batch_size
lora_ga_iters lora_ga_max_length lora_ga_direction lora_ga_scale lora_ga_stable_gamma chord_sft_per_device_train_batch_size chord_sft_dataset
chord_enable_phi_function chord_mu_warmup_steps chord_mu_decay_steps chord_mu_peak chord_mu_valley fipo_decay_rate fipo_clip_range
fipo_clip_high_only fipo_safety_threshold lisa_step_interval train_dataloader_shuffle lora_rank adalora_target_r adalora_tinit adalora_tfinal
adalora_deltaT adalora_beta1 adalora_beta2 adalora_orth_reg_weight vera_projection_prng_key vera_dropout vera_d_initial template_type
check_dataset_strategy train_dataset_sample custom_train_dataset_path custom_val_dataset_path bnb_4bit_comp_dtype
save_strategy self_cognition_sample add_output_dir_suffix disable_tqdm push_hub_strategy hub_private_repo`.split(/\s+/);

/** Sections of JSON among flags. */
const SECTIONS = [
  "gradient_checkpointing_kwargs.",
  "model_kwargs.",
  "rope_scaling.",
  "lr_scheduler_kwargs.",
  "teacher_deepspeed.",
  "columns.",
  "eval_dataset_args.",
  "extra_eval_args.",
];

export const HARMLESS_OF_SWIFT: readonly string[] = [
  ...OF_SWIFT,
  ...SECTIONS,
  ...HARMLESS_ARGUMENTS,
  ...HARMLESS_OF_BITS,
  ...HARMLESS_OF_LAUNCHERS,
];
