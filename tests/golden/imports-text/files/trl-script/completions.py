from trl import GRPOConfig, GRPOTrainer

args = GRPOConfig(output_dir="out", num_generations=8, max_completion_length=256, beta=0.0, bf16=True)
GRPOTrainer(model="Qwen/Qwen2.5-0.5B-Instruct", reward_funcs=right, args=args, train_dataset=rows).train()
