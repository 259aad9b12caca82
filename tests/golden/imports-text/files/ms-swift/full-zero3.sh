NPROC_PER_NODE=4 \
CUDA_VISIBLE_DEVICES=0,1,2,3 \
swift sft \
    --model Qwen/Qwen2.5-7B \
    --tuner_type full \
    --dataset calls.jsonl \
              more.jsonl \
    --torch_dtype bfloat16 \
    --per_device_train_batch_size 1 \
    --gradient_accumulation_steps 2 \
    --max_length 8192 \
    --packing true \
    --attn_impl flash_attn \
    --use_liger_kernel true \
    --deepspeed zero3 \
    --learning_rate 1e-5 \
    --warmup_ratio 0.05
