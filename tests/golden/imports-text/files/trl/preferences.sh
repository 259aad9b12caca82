trl dpo --model_name_or_path Qwen/Qwen2.5-1.5B-Instruct --dataset_name mine/pairs --learning_rate 5.0e-7 --beta 0.1 \
  --per-device-train-batch-size 2 --gradient-accumulation-steps 8 --dtype bfloat16
