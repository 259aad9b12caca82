// LLaMA-Factory's fields that are not modeled or have no effect on memory.

import {
  numberOf,
  wordOf,
  isOnField,
  isPositive,
  isSet,
  isSeveral,
  type Unmodelled,
} from "#interop/import/source-fields.ts";
import { HARMLESS_ARGUMENTS } from "#interop/import/fields/harmless-arguments.ts";
import { harmlessOfFsdp } from "#interop/import/fields/fsdp.ts";
import { HARMLESS_OF_DEEPSPEED } from "#interop/import/tools/deepspeed.ts";

const GALORE = "An optimizer for each layer steps within backward: gradients of all of them are counted.";
const IMAGES = "Tokens of images, and what the tower that reads them keeps, are not counted.";
const MEGATRON = "Another trainer runs this, with code that is not known here.";

/** The rank of GaLore and APOLLO by themselves. @see transformers@5.14.1:trainer_optimizer.py */
export const COUNTED_RANK = 128;

const ofOptimizer = (field: string): Unmodelled => ({ field, when: isOnField, sentence: GALORE });
const image = (field: string): Unmodelled => ({ field, when: isSet, sentence: IMAGES });

/** What of LLaMA-Factory changes memory and is said by no key. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/ */
export const UNMODELLED_OF_FACTORY: readonly Unmodelled[] = [
  ...["galore_layerwise", "apollo_layerwise"].map(ofOptimizer),
  {
    field: ["galore_rank", "apollo_rank"],
    when: (value) => isSet(value) && numberOf(value) !== COUNTED_RANK,
    sentence: `A rank of ${COUNTED_RANK} is counted.`,
  },
  {
    field: ["galore_target", "apollo_target"],
    when: (value) => isSet(value) && wordOf(value) !== "all",
    sentence: "Every linear is counted as projected.",
  },
  ...["image_max_pixels", "image_min_pixels", "image_do_pan_and_scan", "crop_to_patches"].map(image),
  // Their names until 0.9.1.
  ...["image_resolution", "video_resolution"].map(image),
  {
    field: "train_mm_proj_only",
    when: isOnField,
    sentence: "A projector of images alone is trained: all is counted as trained.",
  },
  ...["video_max_pixels", "video_min_pixels", "video_fps", "video_maxlen", "audio_sampling_rate"].map(image),
  {
    field: "freeze_vision_tower",
    when: (value) => !isOnField(value),
    sentence: "A tower that reads images is not counted, and here it is trained.",
  },
  {
    field: "freeze_multi_modal_projector",
    when: (value) => !isOnField(value),
    sentence: "A projector of images is not counted, and here it is trained.",
  },
  {
    field: "freeze_language_model",
    when: isOnField,
    sentence: "The language model is frozen here; it is counted as trained.",
  },
  {
    field: "use_llama_pro",
    when: isOnField,
    sentence: "Only the blocks that LLaMA Pro adds are trained; a model is counted without such blocks.",
  },
  {
    field: ["freeze_trainable_layers", "name_module_trainable", "num_layer_trainable"],
    when: isSet,
    sentence: "Which layers are trained no key says.",
  },
  {
    field: ["freeze_trainable_modules", "freeze_extra_modules"],
    when: isSet,
    sentence: "Which modules of layers are trained no key says.",
  },
  {
    field: "use_badam",
    when: isOnField,
    sentence: "BAdam trains one block at a time: states and gradients are those of a block.",
  },
  { field: "use_adam_mini", when: isOnField, sentence: "Adam-mini has fewer states than are counted." },
  { field: ["use_mca", "use_hyper_parallel", "use_kt", "use_ray"], when: isOnField, sentence: MEGATRON },
  {
    field: "use_unsloth",
    when: isOnField,
    sentence: "Unsloth's kernels run in the place of the library's own: choose its stack to see them.",
  },
  {
    field: ["fp8", "fp8_backend"],
    when: isSet,
    sentence: "fp8 products keep other tensors than those that are counted here.",
  },
  {
    field: "fp8_enable_fsdp_float8_all_gather",
    when: isOnField,
    sentence: "Weights that are gathered in fp8 are counted in 16 bits.",
  },
  {
    field:
      "tensor_model_parallel_size pipeline_model_parallel_size expert_model_parallel_size context_parallel_size".split(
        " ",
      ),
    when: isSeveral,
    sentence: "GPUs that divide a model by Megatron's code: it is counted whole.",
  },
  { field: "shift_attn", when: isOnField, sentence: "Shifted sparse attention keeps other tensors." },
  {
    field: "mixture_of_depths",
    when: isSet,
    sentence: "Mixture of depths skips tokens in layers, and has routers of its own.",
  },
  { field: "upcast_layernorm", when: isOnField, sentence: "Norms in fp32 are counted in 16 bits." },
  {
    field: "upcast_lmhead_output",
    when: isOnField,
    sentence: "Logits in fp32 from the head on take more than is counted.",
  },
  {
    field: ["resize_vocab", "add_tokens", "add_special_tokens", "new_special_tokens_config"],
    when: isSet,
    sentence: "A larger vocabulary has larger embeddings and logits.",
  },
  {
    field: "moe_aux_loss_coef",
    when: isPositive,
    sentence: "Logits of routers, kept for their loss, are not counted.",
  },
  {
    field: ["use_dft_loss", "use_asft_loss", "use_eaft_loss"],
    when: isOnField,
    sentence: "What this loss keeps is not known here.",
  },
  { field: "oft_rank", when: isPositive, sentence: "A number of blocks in the place of their size: no key says it." },
  { field: "quantization_device_map", when: isSet, sentence: "Layers are spread over devices in one process." },
  {
    field: "lora_layers_to_transform",
    when: isSet,
    sentence: "Adapters in some of the layers alone: they are counted in all.",
  },
];

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
const HARMLESS_MEGATRON = `sequence_parallel use_distributed_optimizer bias_activation_fusion apply_rope_fusion overlap_param_gather overlap_grad_reduce moe_grouped_gemm
moe_token_dispatcher_type recompute_granularity mixed_precision use_packed_sequences export_hf_on_finish`;

const words = (text: string): readonly string[] => text.split(/\s+/);

/** Fields of LLaMA-Factory and of the Trainer under it that change nothing of a step's memory. */
export const HARMLESS_OF_FACTORY: readonly string[] = [
  ...HARMLESS_ARGUMENTS,
  ...words(MODEL),
  ...words(DATA),
  ...words(TUNING),
  ...words(HARMLESS_MEGATRON),
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
