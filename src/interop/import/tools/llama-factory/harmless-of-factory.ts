import { HARMLESS_ARGUMENTS } from "#interop/import/tools/hugging-face/harmless-arguments.ts";
import { harmlessOfFsdp } from "#interop/import/tools/sharding/fsdp-fields.ts";
import { HARMLESS_OF_DEEPSPEED } from "#interop/import/tools/sharding/harmless-of-deepspeed.ts";

/** @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/model_args.py */
const MODEL = `cache_dir use_fast_tokenizer split_special_tokens init_special_tokens model_revision low_cpu_mem_usage rope_scaling train_from_scratch
adapter_folder infer_backend offload_folder use_kv_cache use_v1_kernels infer_dtype hf_hub_token ms_hub_token om_hub_token print_param_status trust_remote_code
quantization_method quantization_type double_quantization use_audio_in_video export_dir export_size export_device export_quantization_bit
export_quantization_dataset export_quantization_nsamples export_quantization_maxlen export_legacy_format export_hub_model_id vllm_maxlen vllm_gpu_util
vllm_enforce_eager vllm_max_lora_rank vllm_config sglang_maxlen sglang_mem_fraction sglang_tp_size sglang_config sglang_lora_backend visual_inputs
use_reentrant_gc pure_bf16`;

/** @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/data_args.py */
const DATA = `template dataset eval_dataset dataset_dir media_dir train_on_prompt mask_history streaming buffer_size mix_strategy interleave_probs
overwrite_cache preprocessing_batch_size preprocessing_num_workers max_samples eval_num_beams ignore_pad_token_for_loss val_size eval_on_each_dataset
neat_packing tool_format default_system enable_thinking preserve_thinking tokenized_path data_shared_file_system reserved_label_len`;

/** @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/finetuning_args.py, training_args.py, generating_args.py */
const TUNING = `stage loraplus_lr_ratio loraplus_lr_embedding use_rslora pissa_init pissa_iter pissa_convert create_new_adapter adapter_name_or_path
dpo_label_smoothing kto_chosen_weight kto_rejected_weight ppo_buffer_size ppo_epochs ppo_score_norm ppo_target ppo_whiten_rewards reward_model_type ld_alpha
galore_update_interval galore_scale galore_proj_type apollo_update_interval apollo_scale apollo_proj apollo_proj_type apollo_scale_type apollo_scale_front
badam_mode badam_start_block badam_switch_mode badam_switch_interval badam_update_ratio badam_mask_mode badam_verbose use_swanlab swanlab_project
swanlab_workspace swanlab_run_name swanlab_mode swanlab_api_key swanlab_logdir swanlab_lark_webhook_url swanlab_lark_secret hyper_parallel_args asft_alpha
eaft_alpha compute_accuracy disable_shuffling early_stopping_steps plot_loss include_effective_tokens_per_second ray_num_workers ray_init_kwargs ray_run_name
ray_storage_path placement_strategy resources_per_worker master_addr master_port enable_torch_profiler profiler_output_dir do_sample temperature top_p top_k
num_beams max_length max_new_tokens repetition_penalty length_penalty predict_with_generate kt_weight_path kt_expert_checkpoint_path kt_use_lora_experts
kt_lora_expert_num kt_lora_expert_intermediate_size gradient_checkpointing optim_target_modules lora_rank lora_alpha lora_dropout lora_target
quantization_bit additional_target use_dora`;

/** Of Megatron's trainer, which is named where it is switched on. @see LLaMA-Factory@ff6d4d12:examples/megatron/ */
const MEGATRON = `sequence_parallel use_distributed_optimizer bias_activation_fusion apply_rope_fusion overlap_param_gather overlap_grad_reduce moe_grouped_gemm
moe_token_dispatcher_type recompute_granularity mixed_precision use_packed_sequences export_hf_on_finish`;

const words = (text: string): readonly string[] => text.split(/\s+/);

/** Fields of LLaMA-Factory and of the Trainer under it that change nothing of a step's memory. */
export const HARMLESS_OF_FACTORY: readonly string[] = [
  ...HARMLESS_ARGUMENTS,
  ...words(MODEL),
  ...words(DATA),
  ...words(TUNING),
  ...words(MEGATRON),
  "ray_init_kwargs.",
  "resources_per_worker.",
  "kt_config.",
  "kt_cpu_activation",
  "kt_non_expert_weight_path",
  "fsdp_transformer_layer_cls_to_wrap",
  "fsdp",
  "fsdp_config",
  "deepspeed",
  ...harmlessOfFsdp("fsdp_config"),
  ...HARMLESS_OF_DEEPSPEED.map((name) => `deepspeed.${name}`),
];
