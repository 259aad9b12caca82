CUDA_VISIBLE_DEVICES=0 swift sft --model meta-llama/Llama-3.1-8B --train_type lora --quant_method bnb --quant_bits 4 \
  --bnb_4bit_compute_dtype bfloat16 --torch_dtype bfloat16 --lora_rank=16 --lora_alpha=64 --lora_dropout 0 \
  --target_modules q_proj v_proj --max_length 4096 --per_device_train_batch_size 4 --gradient_accumulation_steps 4 --optim paged_adamw_8bit
