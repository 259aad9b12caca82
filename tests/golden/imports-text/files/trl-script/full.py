from transformers import AutoModelForCausalLM
from trl import SFTTrainer, SFTConfig
model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-3B", torch_dtype="bfloat16")
trainer = SFTTrainer(model=model, args=SFTConfig(per_device_train_batch_size=1, max_length=4096, use_liger_kernel=True), train_dataset=rows)
