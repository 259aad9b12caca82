from trl.experimental.cpo import CPOConfig, CPOTrainer

args = CPOConfig(output_dir="out", loss_type="simpo", cpo_alpha=0.0, simpo_gamma=0.5, max_length=1024, precompute_ref_log_probs=True)
CPOTrainer(model="Qwen/Qwen2.5-0.5B", args=args, train_dataset=rows).train()
