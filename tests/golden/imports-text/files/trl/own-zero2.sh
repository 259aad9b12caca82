trl sft --accelerate_config zero2 --num_processes 8 --model_name_or_path google/gemma-2-9b --use_peft --dtype bfloat16 --max_length 2048 --optim adamw_8bit
