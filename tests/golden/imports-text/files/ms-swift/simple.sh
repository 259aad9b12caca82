swift rlhf --rlhf_type simpo --model Qwen/Qwen2.5-7B --cpo_alpha 0 --simpo_gamma 1 --max_length 2048
