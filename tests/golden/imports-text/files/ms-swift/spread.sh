CUDA_VISIBLE_DEVICES=0,1 swift sft --model Qwen/Qwen2.5-14B --dataset d --max_length 2048
