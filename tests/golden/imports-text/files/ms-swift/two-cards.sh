cards=2

CUDA_VISIBLE_DEVICES=0,1 \
NPROC_PER_NODE=$cards \
swift sft \
    --model Qwen/Qwen2.5-1.5B \
    --tuner_type full \
    --system 'You are brief.' \
    --per_device_train_batch_size 1 \
    --gradient_accumulation_steps $(expr 16 / $cards) \
    --max_length 2048 \
    --deepspeed zero2_offload
