from unsloth import FastLanguageModel, PatchDPOTrainer
PatchDPOTrainer()
from trl import DPOConfig, DPOTrainer
model, tokenizer = FastLanguageModel.from_pretrained(model_name = "unsloth/zephyr-sft-bnb-4bit", max_seq_length = 4096)
model = FastLanguageModel.get_peft_model(model, r = 64, lora_alpha = 64)
dpo_trainer = DPOTrainer(model = model, ref_model = None, beta = 0.1, max_length = 1024,
    args = DPOConfig(per_device_train_batch_size = 2, gradient_accumulation_steps = 4, optim = "adamw_8bit"))
