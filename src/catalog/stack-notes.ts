// Versions, one-line summary and sources for each training library.

import { QUOTED_ARTICLE } from "./stacks/article.ts";
import type { StackNotes } from "./stack-row.ts";
import type { StackId } from "./stacks.ts";

const PEFT = {
  label:
    "huggingface/peft@5d602fdb (0.20.1.dev0):src/peft/utils/other.py, prepare_model_for_kbit_training; tuners_utils.py, cast_adapter_dtype",
  url: "https://github.com/huggingface/peft/blob/5d602fdbff04c33c1c4de55cda9d4ae1d7cb7e40/src/peft/utils/other.py",
} as const;

/** What each stack is, in a line, for which versions, and where that was read: kept apart because the first screen does not need it. */
export const STACK_NOTES = {
  transformers: {
    versions: "transformers 5.x, PEFT 0.12 and later, torch 2.8 and later",
    summary: "Trainer with PEFT: bf16 base under autocast, fp32 adapters, fused AdamW.",
    source: [
      {
        label: "huggingface/transformers 5.24: training_args.py (optim: adamw_torch_fused from torch 2.8 on)",
        url: "https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/training_args.py",
      },
      {
        label: "huggingface/transformers 5.24: loss/loss_utils.py, ForCausalLMLoss",
        url: "https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/loss/loss_utils.py",
      },
      PEFT,
    ],
  },
  trl: {
    versions: "TRL 1.15 and later, transformers 5.x",
    summary: "SFTTrainer: never the full logits, no k-bit preparation, bf16 adapters on a quantised base.",
    source: [
      {
        label: "huggingface/trl@v1.16.0:trl/trainer/sft_trainer.py, __init__ (adapters), compute_loss",
        url: "https://github.com/huggingface/trl/blob/v1.16.0/trl/trainer/sft_trainer.py",
      },
      {
        label: "huggingface/trl@v1.16.0:trl/trainer/utils.py, add_fused_lm_head",
        url: "https://github.com/huggingface/trl/blob/v1.16.0/trl/trainer/utils.py",
      },
      {
        label: "huggingface/trl@v1.16.0:trl/kernels/chunked_logprob.py, ChunkedLogProbFunction",
        url: "https://github.com/huggingface/trl/blob/v1.16.0/trl/kernels/chunked_logprob.py",
      },
    ],
  },
  unsloth: {
    versions: "unsloth 2026.8, unsloth-zoo from 2025.11.6; experts: unsloth-zoo from 2026.7, transformers from 5.2",
    summary: "Checkpoints on the host, own kernels and loss, no k-bit preparation, 8-bit AdamW, 4-bit experts.",
    source: [
      {
        label:
          "unslothai/unsloth-zoo@a7771a71:unsloth_zoo/temporary_patches/moe_utils_bnb4bit.py, moe_utils.py (experts)",
        url: "https://github.com/unslothai/unsloth-zoo/blob/a7771a717d0b5fba124e64ba1c60b85b28d7ca02/unsloth_zoo/temporary_patches/moe_utils_bnb4bit.py",
      },
      {
        label: "unslothai/unsloth@015bdef0:unsloth/models/_utils.py, get_moe_target_parameters (adapters on experts)",
        url: "https://github.com/unslothai/unsloth/blob/015bdef0d9/unsloth/models/_utils.py",
      },
      {
        label: "unslothai/unsloth@015bdef0:unsloth/kernels/fast_lora.py (LoRA_MLP, LoRA_QKV, LoRA_W)",
        url: "https://github.com/unslothai/unsloth/blob/015bdef0d9/unsloth/kernels/fast_lora.py",
      },
      {
        label: "unslothai/unsloth-zoo@ce232d6c:unsloth_zoo/training_utils.py, prepare_model_for_training",
        url: "https://github.com/unslothai/unsloth-zoo/blob/ce232d6c/unsloth_zoo/training_utils.py",
      },
      {
        label: "unslothai/unsloth-zoo@ce232d6c:unsloth_zoo/fused_losses/cross_entropy_loss.py, get_chunk_size",
        url: "https://github.com/unslothai/unsloth-zoo/blob/ce232d6c/unsloth_zoo/fused_losses/cross_entropy_loss.py",
      },
      {
        label:
          "unslothai/unsloth@015bdef0:unsloth/models/llama.py (use_gradient_checkpointing), unsloth/models/rl.py (optim)",
        url: "https://github.com/unslothai/unsloth/blob/015bdef0d9/unsloth/models/llama.py",
      },
    ],
  },
  axolotl: {
    versions: "axolotl 0.18; quantize_moe_experts from 0.15",
    summary: "Reentrant checkpoints, fused adapters; norms, embeddings and head of a quantised base stay bf16.",
    source: [
      {
        label:
          "axolotl-ai-cloud/axolotl@067b021c:src/axolotl/loaders/model.py, _configure_embedding_dtypes, _prepare_model_for_quantization",
        url: "https://github.com/axolotl-ai-cloud/axolotl/blob/067b021c8/src/axolotl/loaders/model.py",
      },
      {
        label: "axolotl-ai-cloud/axolotl@067b021c:src/axolotl/utils/schemas/training.py (optimizer: adamw_torch_fused)",
        url: "https://github.com/axolotl-ai-cloud/axolotl/blob/067b021c8/src/axolotl/utils/schemas/training.py",
      },
      {
        label:
          "axolotl-ai-cloud/axolotl@067b021c:src/axolotl/monkeypatch/moe_quant.py (quantize_moe_experts: off by itself)",
        url: "https://github.com/axolotl-ai-cloud/axolotl/blob/067b021c8/src/axolotl/monkeypatch/moe_quant.py",
      },
      {
        label: "axolotl-ai-cloud/axolotl@067b021c:src/axolotl/monkeypatch/loss/chunked.py (8 chunks)",
        url: "https://github.com/axolotl-ai-cloud/axolotl/blob/067b021c8/src/axolotl/monkeypatch/loss/chunked.py",
      },
      {
        label:
          "axolotl-ai-cloud/axolotl@067b021c:src/axolotl/utils/config/__init__.py, normalize_config (use_reentrant)",
        url: "https://github.com/axolotl-ai-cloud/axolotl/blob/067b021c8/src/axolotl/utils/config/__init__.py",
      },
      {
        label: "axolotl-ai-cloud/axolotl@067b021c:src/axolotl/utils/schemas/config.py, check_auto_enable_lora_kernels",
        url: "https://github.com/axolotl-ai-cloud/axolotl/blob/067b021c8/src/axolotl/utils/schemas/config.py",
      },
    ],
  },
  "llama-factory": {
    versions: "LLaMA-Factory 0.9.6, transformers 5.x",
    summary: "Everything trained is fp32, full fine-tuning too; no k-bit preparation; reentrant checkpoints.",
    source: [
      {
        label:
          "hiyouga/LLaMA-Factory@ff6d4d12:src/llamafactory/model/adapter.py, init_adapter (cast_trainable_params_to_fp32)",
        url: "https://github.com/hiyouga/LLaMA-Factory/blob/ff6d4d12eeb035d6ce06805a5733dd7b29f2ac30/src/llamafactory/model/adapter.py",
      },
      {
        label:
          "hiyouga/LLaMA-Factory@ff6d4d12:src/llamafactory/model/model_utils/checkpointing.py, prepare_model_for_training",
        url: "https://github.com/hiyouga/LLaMA-Factory/blob/ff6d4d12eeb035d6ce06805a5733dd7b29f2ac30/src/llamafactory/model/model_utils/checkpointing.py",
      },
    ],
  },
  torchtune: {
    versions: "torchtune 0.3 to 0.7",
    summary: "Pure bf16 without autocast, bf16 adapters, loss in eight chunks, keys and values for all heads.",
    source: [
      {
        label:
          "pytorch/torchtune@bd2a0fc7:recipes/configs/llama3_1/8B_lora_single_device.yaml (dtype, optimizer, loss)",
        url: "https://github.com/pytorch/torchtune/blob/bd2a0fc7c/recipes/configs/llama3_1/8B_lora_single_device.yaml",
      },
      {
        label:
          "pytorch/torchtune@bd2a0fc7:torchtune/modules/loss/cross_entropy_loss.py, LinearCrossEntropyLoss (8 chunks)",
        url: "https://github.com/pytorch/torchtune/blob/bd2a0fc7c/torchtune/modules/loss/cross_entropy_loss.py",
      },
    ],
  },
  litgpt: {
    versions: "litgpt 0.5.5 and later, bitsandbytes 0.44 and later",
    summary: "Its own model: one product for q, k and v, a head of its own, fp32 logits held until the next step.",
    source: [
      {
        label:
          "Lightning-AI/litgpt@26857050:config_hub/finetune/llama-3-8b/lora.yaml (precision: bf16-true, torch.optim.AdamW)",
        url: "https://github.com/Lightning-AI/litgpt/blob/26857050/config_hub/finetune/llama-3-8b/lora.yaml",
      },
      {
        label:
          "Lightning-AI/litgpt@26857050:litgpt/finetune/lora.py, line 355 (lm_head_chunk_size=128); litgpt/utils.py, chunked_cross_entropy",
        url: "https://github.com/Lightning-AI/litgpt/blob/26857050/litgpt/utils.py",
      },
      {
        label: "Lightning-AI/litgpt@26857050:litgpt/model.py, litgpt/lora.py (LoRAQKVLinear, zero_pad)",
        url: "https://github.com/Lightning-AI/litgpt/blob/26857050/litgpt/lora.py",
      },
    ],
  },
  deepspeed: {
    versions: "DeepSpeed 0.19, bf16 enabled",
    summary: "bf16 parameters with fp32 masters and states: 16 B per trained parameter.",
    source: [
      {
        label:
          "deepspeedai/DeepSpeed@edaa7221 (0.19.6):deepspeed/runtime/zero/stage_1_and_2.py (single_partition_of_fp32_groups)",
        url: "https://github.com/deepspeedai/DeepSpeed/blob/edaa7221267243c7be7fb49c5d5f5c4fb97b4641/deepspeed/runtime/zero/stage_1_and_2.py",
      },
      {
        label:
          "deepspeedai/DeepSpeed@edaa7221 (0.19.6):deepspeed/runtime/engine.py, get_data_types (gradients in the dtype of the model)",
        url: "https://github.com/deepspeedai/DeepSpeed/blob/edaa7221267243c7be7fb49c5d5f5c4fb97b4641/deepspeed/runtime/engine.py",
      },
    ],
  },
  plain: {
    versions: "transformers 5.x model, torch 2.x",
    summary: "A loop of your own: pure bf16, AdamW with foreach temporaries, logits held by the loop.",
    source: [
      {
        label: "pytorch 2.x: torch/optim/optimizer.py, _default_to_fused_or_foreach (foreach on CUDA)",
        url: "https://github.com/pytorch/pytorch/blob/v2.8.0/torch/optim/optimizer.py",
      },
    ],
  },
  "plain-torch": {
    versions: "torch 2.x",
    summary: "A model and loop of your own: cross entropy on the logits as they are, nothing held.",
    source: [
      {
        label: "rasbt/LLMs-from-scratch: ch05/01_main-chapter-code/gpt_train.py, calc_loss_batch",
        url: "https://github.com/rasbt/LLMs-from-scratch/blob/28c65cdfbc3338e2e040016eea4b7fdf556e4d57/ch05/01_main-chapter-code/gpt_train.py",
      },
    ],
  },
  torchtitan: {
    versions: "torchtitan 0.1 to 0.2",
    summary: "fp32 weights, gradients, states and logits, products in bf16, checkpoints by operation.",
    source: [
      {
        label: "pytorch/torchtitan: torchtitan/components/loss.py, cross_entropy_loss (pred.flatten(0, 1).float())",
        url: "https://github.com/pytorch/torchtitan/blob/v0.1.0/torchtitan/components/loss.py",
      },
      {
        label: "pytorch/torchtitan: torchtitan/models/llama3/infra/parallelize.py, _op_sac_save_list",
        url: "https://github.com/pytorch/torchtitan/blob/v0.2.0/torchtitan/models/llama3/infra/parallelize.py",
      },
      {
        label:
          "pytorch/torchtitan: torchtitan/train.py (del pred before backward; loss_parallel under tensor parallelism)",
        url: "https://github.com/pytorch/torchtitan/blob/v0.1.0/torchtitan/train.py",
      },
    ],
  },
  "fsdp-qlora": {
    versions: "fsdp_qlora of March 2024, transformers 4.38, torch 2.2",
    summary: "bf16 throughout, adapters too, no k-bit preparation, logits held by the script.",
    source: [
      {
        label: "AnswerDotAI/fsdp_qlora: train.py, fsdp_main",
        url: "https://github.com/AnswerDotAI/fsdp_qlora/blob/05ed9f2a60f96a0795cb082bceab70a9b19fd213/train.py",
      },
    ],
  },
  "transformers-4.46": {
    versions: "transformers 4.46 to 4.48",
    summary: "As Transformers 5, with a copy of the shifted logits and AdamW's foreach temporaries.",
    source: [
      {
        label: "huggingface/transformers 4.48: loss/loss_utils.py, ForCausalLMLoss",
        url: "https://github.com/huggingface/transformers/blob/v4.48.1/src/transformers/loss/loss_utils.py",
      },
      {
        label: "huggingface/transformers 4.48: training_args.py (optim: adamw_torch)",
        url: "https://github.com/huggingface/transformers/blob/v4.48.1/src/transformers/training_args.py",
      },
      PEFT,
    ],
  },
  "transformers-4.45": {
    versions: "transformers up to 4.45",
    summary: "As Transformers 5, with fp32 logits copied at the shift and AdamW's foreach temporaries.",
    source: [
      {
        label: "huggingface/transformers 4.45: models/llama/modeling_llama.py, LlamaForCausalLM.forward",
        url: "https://github.com/huggingface/transformers/blob/v4.45.2/src/transformers/models/llama/modeling_llama.py",
      },
      {
        label: "huggingface/transformers 4.45: training_args.py (optim: adamw_torch)",
        url: "https://github.com/huggingface/transformers/blob/v4.45.2/src/transformers/training_args.py",
      },
      PEFT,
    ],
  },
  "trl-1.14": {
    versions: "TRL 1.6 to 1.14, transformers 5.x",
    summary: "DPOTrainer before the fused head: full logits, twice with a reference. SFT with loss_type=nll.",
    source: [
      {
        label: "huggingface/trl@v1.8.0:trl/trainer/dpo_trainer.py, _compute_loss",
        url: "https://github.com/huggingface/trl/blob/v1.8.0/trl/trainer/dpo_trainer.py",
      },
      {
        label: "huggingface/trl@v1.8.0:trl/trainer/utils.py, selective_log_softmax, entropy_from_logits",
        url: "https://github.com/huggingface/trl/blob/v1.8.0/trl/trainer/utils.py",
      },
    ],
  },
  "trl-1.9": {
    versions: "TRL 1.6 to 1.9, transformers 5.x",
    summary: "As TRL 1.14; GRPOTrainer over full logits, divided in place.",
    source: [
      {
        label: "huggingface/trl@v1.8.0:trl/trainer/grpo_trainer.py, _get_per_token_logps_and_entropies",
        url: "https://github.com/huggingface/trl/blob/v1.8.0/trl/trainer/grpo_trainer.py",
      },
    ],
  },
  "trl-0.24": {
    versions: "TRL 0.24, transformers 4.57",
    summary: "DPOTrainer of 0.x: full logits, all hidden states in fp32, a frozen reference, k-bit preparation.",
    source: [
      {
        label: "huggingface/trl@v0.24.0:trl/trainer/dpo_trainer.py, concatenated_forward, get_batch_loss_metrics",
        url: "https://github.com/huggingface/trl/blob/v0.24.0/trl/trainer/dpo_trainer.py",
      },
      {
        label: "huggingface/trl@v0.24.0:trl/models/modeling_base.py, create_reference_model",
        url: "https://github.com/huggingface/trl/blob/v0.24.0/trl/models/modeling_base.py",
      },
    ],
  },
  "trl-0.21": {
    versions: "TRL 0.15 to 0.21, transformers 4.49 to 4.55, torch before 2.8; no checkpoints unless they are asked for",
    summary: "As TRL 0.13, without a copy of the shifted logits.",
    source: [
      {
        label: "huggingface/trl@v0.21.0:trl/trainer/sft_trainer.py, _prepare_peft_model",
        url: "https://github.com/huggingface/trl/blob/v0.21.0/trl/trainer/sft_trainer.py",
      },
      {
        label: "huggingface/trl@v0.21.0:trl/trainer/sft_config.py (no gradient_checkpointing of its own, as in 0.22)",
        url: "https://github.com/huggingface/trl/blob/v0.21.0/trl/trainer/sft_config.py",
      },
      {
        label: "huggingface/transformers 4.51: loss/loss_utils.py, ForCausalLMLoss; training_args.py (default_optim)",
        url: "https://github.com/huggingface/transformers/blob/v4.51.3/src/transformers/loss/loss_utils.py",
      },
    ],
  },
  "trl-0.13": {
    versions: "TRL 0.12 to 0.14, transformers 4.46 to 4.48; no checkpoints unless they are asked for",
    summary: "Earlier SFTTrainer: full logits; norms fp32 on a quantised base, embeddings and head bf16.",
    source: [
      {
        label: "huggingface/trl@v0.13.0:trl/trainer/sft_trainer.py, lines 193 to 233",
        url: "https://github.com/huggingface/trl/blob/v0.13.0/trl/trainer/sft_trainer.py",
      },
      {
        label: "huggingface/trl@v0.13.0:trl/trainer/utils.py, peft_module_casting_to_bf16",
        url: "https://github.com/huggingface/trl/blob/v0.13.0/trl/trainer/utils.py",
      },
    ],
  },
  "trl-0.11": {
    versions: "TRL 0.11; transformers up to 4.45; no checkpoints unless they are asked for",
    summary: "As TRL 0.13, with fp32 logits copied at the shift.",
    source: [
      {
        label:
          "huggingface/trl@v0.11.4:trl/trainer/sft_trainer.py, lines 217 to 275; utils.py, peft_module_casting_to_bf16",
        url: "https://github.com/huggingface/trl/blob/v0.11.4/trl/trainer/sft_trainer.py",
      },
    ],
  },
  "fms-acceleration": {
    versions: "fms-acceleration-foak and -peft of February 2025; TRL 0.13, transformers 4.48",
    summary: "SFTTrainer with fused kernels: norm, rotary embedding, loss and QLoRA adapters keep less.",
    source: [
      {
        label:
          "foundation-model-stack/fms-acceleration@876e2ed6:plugins/fused-ops-and-kernels/src/fms_acceleration_foak",
        url: "https://github.com/foundation-model-stack/fms-acceleration/tree/876e2ed6/plugins/fused-ops-and-kernels/src/fms_acceleration_foak",
      },
      {
        label:
          "foundation-model-stack/fms-acceleration@876e2ed6:plugins/accelerated-peft/src/fms_acceleration_peft/framework_plugin_bnb.py, _prepare_model_for_kbit_training",
        url: "https://github.com/foundation-model-stack/fms-acceleration/blob/876e2ed6/plugins/accelerated-peft/src/fms_acceleration_peft/framework_plugin_bnb.py",
      },
    ],
  },
  "fms-acceleration-4.45": {
    versions: "fms-acceleration-foak and -peft of December 2024; TRL 0.11, transformers 4.45",
    summary: "SFTTrainer with fused kernels: norm, rotary embedding, loss and QLoRA adapters keep less.",
    source: [
      {
        label:
          "foundation-model-stack/fms-acceleration@d58960c4:plugins/fused-ops-and-kernels/src/fms_acceleration_foak",
        url: "https://github.com/foundation-model-stack/fms-acceleration/tree/d58960c46f990e3a805ce95a2d4cdee7dc831e19/plugins/fused-ops-and-kernels/src/fms_acceleration_foak",
      },
    ],
  },
  "torchtune-compiled": {
    versions: "torchtune 0.3 to 0.7 with compile: True",
    summary: "As torchtune; the compiled loss keeps 16-bit logits instead of fp32 log-probabilities.",
    source: [
      {
        label: "pytorch/torchtune@v0.4.0:torchtune/training/_compile.py, compile_loss",
        url: "https://github.com/pytorch/torchtune/blob/v0.4.0/torchtune/training/_compile.py",
      },
    ],
  },
  "torchtune-0.1": {
    versions: "torchtune 0.1 (May 2024)",
    summary: "As torchtune, with full fp32 logits that the recipe holds and copies; foreach AdamW.",
    source: [
      {
        label:
          "pytorch/torchtune@0217d44c:recipes/lora_finetune_single_device.py, train; torchtune/modules/transformer.py",
        url: "https://github.com/pytorch/torchtune/blob/0217d44c2/recipes/lora_finetune_single_device.py",
      },
    ],
  },
  "litgpt-0.4": {
    versions: "litgpt 0.2 to 0.5.4, bitsandbytes 0.42, torch 2.2 and later",
    summary: "As LitGPT; each 4-bit linear keeps its input until the next step.",
    source: [
      {
        label: "bitsandbytes 0.42.0: bitsandbytes/autograd/_functions.py, MatMul4Bit (ctx.tensors = (A, B))",
        url: "https://github.com/bitsandbytes-foundation/bitsandbytes/blob/0.42.0/bitsandbytes/autograd/_functions.py",
      },
      {
        label: "Lightning-AI/litgpt@v0.4.13:pyproject.toml (bitsandbytes==0.42.0)",
        url: "https://github.com/Lightning-AI/litgpt/blob/v0.4.13/pyproject.toml",
      },
    ],
  },
  "unsloth-2025.10": {
    versions: "unsloth 2025.8 to 2025.10; read from sources, held against no run",
    summary: "As Unsloth; the first step keeps all checkpoints on the GPU.",
    source: [
      {
        label: "unsloth-zoo 2025.10.13: unsloth_zoo/gradient_checkpointing.py, UnslothCheckpointFunction (FIRST_PASS)",
        url: "https://github.com/unslothai/unsloth-zoo/blob/main/unsloth_zoo/gradient_checkpointing.py",
      },
      {
        label: "unsloth 2025.8.10: unsloth/models/llama.py, CausalLM_fast_forward (unsloth_fused_ce_loss)",
        url: "https://github.com/unslothai/unsloth/blob/main/unsloth/models/llama.py",
      },
    ],
  },
  "unsloth-2025": {
    versions: "unsloth 2025.3 to 2025.7; read from sources, held against no run",
    summary: "As Unsloth, with cut cross entropy; the first step keeps all checkpoints on the GPU.",
    source: [
      {
        label: "unsloth-zoo 2025.6.8: unsloth_zoo/gradient_checkpointing.py, UnslothCheckpointFunction (FIRST_PASS)",
        url: "https://github.com/unslothai/unsloth-zoo/blob/main/unsloth_zoo/gradient_checkpointing.py",
      },
      {
        label: "unsloth-zoo 2025.6.8: unsloth_zoo/loss_utils.py, fused_linear_cross_entropy",
        url: "https://github.com/unslothai/unsloth-zoo/blob/main/unsloth_zoo/loss_utils.py",
      },
      {
        label: "unsloth 2025.6.12: unsloth/models/llama.py, CausalLM_fast_forward",
        url: "https://github.com/unslothai/unsloth/blob/main/unsloth/models/llama.py",
      },
    ],
  },
  "unsloth-2024": {
    versions: "unsloth until February 2025",
    summary: "As Unsloth, with whole adapter outputs. Before April 2024 checkpoints stayed on the card.",
    source: [
      {
        label:
          "unslothai/unsloth@d9ed4bef (December 2024):unsloth/kernels/fast_lora.py; unsloth/kernels/utils.py, matmul_lora",
        url: "https://github.com/unslothai/unsloth/blob/d9ed4bef09/unsloth/kernels/fast_lora.py",
      },
    ],
  },
  "lit-gpt-2023": {
    versions: "lit-gpt of October 2023, bitsandbytes 0.41, torch 2.1",
    summary: "As LitGPT; the longest sample is run first, with nothing left of an earlier step.",
    source: [
      {
        label: "Lightning-AI/litgpt@0cc02afa:finetune/lora.py (get_batch, longest_seq_ix)",
        url: "https://github.com/Lightning-AI/litgpt/blob/0cc02afa/finetune/lora.py",
      },
    ],
  },
  article: {
    versions: "Not a library",
    summary: "A rule of thumb: 12 bytes per trained parameter, no activations, no batch, no sequence.",
    source: [{ label: `${QUOTED_ARTICLE.title} (2 + 2 + 8 B per parameter)`, url: QUOTED_ARTICLE.url }],
  },
} as const satisfies Readonly<Record<StackId, StackNotes>>;
