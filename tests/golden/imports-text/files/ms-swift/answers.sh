swift rlhf --rlhf_type grpo --model Qwen/Qwen2.5-7B --tuner_type lora --max_length 1024 --max_completion_length 2048 \
    --num_generations 8 --per_device_train_batch_size 2 --use_vllm true --vllm_mode colocate --reward_funcs accuracy
