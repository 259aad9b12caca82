#!/usr/bin/env bash
set -e
accelerate launch --config_file configs/eight.yaml trl/scripts/sft.py \
    --model_name_or_path meta-llama/Llama-3.1-8B \
    --dtype bfloat16 \
    --attn_implementation flash_attention_2 \
    --use_peft \
    --lora_r 32 \
    --lora_alpha 16 \
    --lora_target_modules all-linear \
    --max_length 4096 \
    --packing \
    --per_device_train_batch_size 2 \
    --gradient_accumulation_steps 4 \
    --use_liger_kernel
