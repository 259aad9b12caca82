#!/bin/bash
# All of a model, by a script of one's own around the Trainer.
torchrun --nproc_per_node=4 finetune.py \
  --model_name_or_path meta-llama/Llama-2-7b-hf \
  --data_path rows.json \
  --model_max_length 3072 \
  --per_device_train_batch_size 2 \
  --gradient_accumulation_steps 4 \
  --gradient_checkpointing True \
  --bf16 True \
  --fsdp "full_shard auto_wrap" \
  --fsdp_transformer_layer_cls_to_wrap LlamaDecoderLayer \
  --output_dir whole
