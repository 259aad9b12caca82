from peft import LoraConfig
from trl import SFTTrainer, SFTConfig
trainer = SFTTrainer("Qwen/Qwen3-4B", train_dataset=rows, peft_config=LoraConfig(), args=SFTConfig(bf16=True, gradient_accumulation_steps=4, gradient_checkpointing=False))
