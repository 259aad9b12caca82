import torch
from transformers import TrainingArguments
from trl import SFTTrainer
from unsloth import FastLanguageModel

LORA = {
    "r": 12,
    "lora_alpha": 24,
    "lora_dropout": 0.1,
    "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"],
    "use_gradient_checkpointing": True,
}
MAX_TOKENS = 1_536

model, tokenizer = FastLanguageModel.from_pretrained(
    "unsloth/llama-3-8b-bnb-4bit",
    MAX_TOKENS,
    None,
    True,
)
model = FastLanguageModel.get_peft_model(model, **LORA)

training_args = TrainingArguments(
    output_dir="out",
    per_device_train_batch_size=2,
    gradient_accumulation_steps=4,
    num_train_epochs=2,
    fp16=not torch.cuda.is_bf16_supported(),
    bf16=torch.cuda.is_bf16_supported(),
)
training_args.optim = "adamw_8bit"
training_args.gradient_accumulation_steps = 16

trainer = SFTTrainer(
    model=model,
    tokenizer=tokenizer,
    args=training_args,
    train_dataset=recipes,
    dataset_text_field="text",
    max_seq_length=MAX_TOKENS,
    dataset_num_proc=2,
    packing=False,
)
