#!/bin/bash
# one card
CUDA_VISIBLE_DEVICES=0 \
swift sft \
    --model Qwen/Qwen2.5-7B-Instruct \
    --dataset 'rows.jsonl#500' \
    --output_dir out
