swift sft --model Qwen/Qwen3-8B --dataset d --quant_bits 4 --max_length 1024 --per_device_train_batch_size 2
