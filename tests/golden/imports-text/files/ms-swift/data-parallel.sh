export NPROC_PER_NODE=2
swift sft --model Qwen/Qwen3-4B --dataset d --max_length 2048 --per_device_train_batch_size 2 --gradient_checkpointing false \
  --use_dora true --modules_to_save embed_tokens lm_head
