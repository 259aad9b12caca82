python trl/scripts/sft.py --model_name_or_path mistralai/Mistral-7B-v0.1 --use_peft --load_in_4bit --dtype bfloat16 \
  --lora_target_modules q_proj k_proj v_proj o_proj --per_device_train_batch_size 4 --max_length 512
