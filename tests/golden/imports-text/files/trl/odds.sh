accelerate launch examples/scripts/orpo.py --model_name_or_path Qwen/Qwen2.5-1.5B --dataset_name mine/pairs --beta 0.1 \
  --max_length 1536 --max_prompt_length 512 --per_device_train_batch_size 2 --use_peft --lora_r 32 --dtype bfloat16
