"""Teaches a small Llama to finish stories."""
from unsloth import FastLanguageModel
import torch
from trl import SFTConfig, SFTTrainer

row_tokens = 4096  # the longest story

model, tokenizer = FastLanguageModel.from_pretrained(
    model_name="unsloth/Meta-Llama-3.1-8B-bnb-4bit",
    max_seq_length=row_tokens,
    dtype=None,
    load_in_4bit=True,
)
model = FastLanguageModel.get_peft_model(
    model,
    r=32,
    target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    lora_alpha=64,
    lora_dropout=0,
    bias="none",
    use_gradient_checkpointing="unsloth",
    random_state=7,
)
trainer = SFTTrainer(
    model=model,
    tokenizer=tokenizer,
    train_dataset=stories,
    args=SFTConfig(
        per_device_train_batch_size=2,
        gradient_accumulation_steps=4,
        learning_rate=1e-4,
        max_steps=300,
        optim="adamw_8bit",
        output_dir="stories",
    ),
)
trainer.train()
