trl sft --model_name_or_path Qwen/Qwen2.5-0.5B --dataset_name mine/talks --output_dir out
