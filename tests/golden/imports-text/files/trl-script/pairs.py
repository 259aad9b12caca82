from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer

model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen3-8B", dtype="bfloat16")
ref_model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen3-8B", dtype="bfloat16")
args = DPOConfig(output_dir="out", beta=0.1, max_length=2048, per_device_train_batch_size=2, loss_type=["ipo"])
trainer = DPOTrainer(model, ref_model=ref_model, args=args, train_dataset=rows, peft_config=LoraConfig(r=8))
trainer.train()
