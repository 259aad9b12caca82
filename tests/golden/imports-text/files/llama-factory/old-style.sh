#!/bin/bash
CUDA_VISIBLE_DEVICES=0,1 torchrun --nproc_per_node 2 src/train.py \
    --stage sft --do_train --model_name_or_path meta-llama/Llama-2-7b-hf \
    --finetuning_type lora --lora_target q_proj,v_proj --lora_rank 16 --quantization_bit 4 \
    --cutoff_len 1024 --per_device_train_batch_size 2 --gradient_accumulation_steps 8 --learning_rate 5e-5 --plot_loss --fp16
