swift sft --model Qwen/Qwen2.5-7B-Instruct --tuner_backend unsloth --tuner_type lora --lora_rank 8 --lora_alpha 32 --max_length 2048 --per_device_train_batch_size 1 --gradient_accumulation_steps 16
