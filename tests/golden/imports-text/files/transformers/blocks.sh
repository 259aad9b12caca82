python examples/pytorch/language-modeling/run_clm.py --model_name_or_path Qwen/Qwen2.5-0.5B --dataset_name rows --do_train --block_size 2048 --torch_dtype bfloat16 --output_dir blocks
