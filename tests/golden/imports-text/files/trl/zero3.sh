MODEL=Qwen/Qwen3-14B
LENGTH=${LENGTH:-8192}
accelerate launch --num_processes 4 --use_deepspeed --zero_stage 3 sft.py --model_name_or_path "$MODEL" --max_length ${LENGTH} --dtype bfloat16 --bf16 --per_device_train_batch_size 1
