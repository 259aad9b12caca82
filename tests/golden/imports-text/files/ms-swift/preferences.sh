# 24GiB
nproc=8
PYTORCH_CUDA_ALLOC_CONF='expandable_segments:True' \
NPROC_PER_NODE=$nproc \
swift rlhf \
    --rlhf_type dpo \
    --model Qwen/Qwen2.5-7B \
    --tuner_type lora \
    --lora_rank 8 --lora_alpha 32 \
    --beta 0.1 \
    --max_length 2048 \
    --sequence_parallel_size 4 \
    --gradient_accumulation_steps 1 \
    --deepspeed zero3_offload

swift infer --adapters out/checkpoint-1 --max_new_tokens 512
