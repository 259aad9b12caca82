torchrun --nproc_per_node 4 train.py --seed 7 --model_name_or_path meta-llama/Llama-2-13b-hf --dataset_name mine/talks \
  --use_peft_lora True --lora_r 8 --use_4bit_quantization True --use_nested_quant True --use_flash_attn True \
  --max_length 2048 --per_device_train_batch_size 4 --gradient_accumulation_steps 2 --use_reentrant True
