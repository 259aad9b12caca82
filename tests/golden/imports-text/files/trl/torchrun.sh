torchrun --nproc_per_node=2 trl/scripts/sft.py \
  --model_name_or_path Qwen/Qwen2.5-0.5B --dtype bfloat16 --gradient_checkpointing False --max_length 2048 --per_device_train_batch_size 16
