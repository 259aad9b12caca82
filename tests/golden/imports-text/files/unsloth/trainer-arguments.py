from unsloth import FastLanguageModel, is_bfloat16_supported
from transformers import TrainingArguments
from trl import SFTTrainer

max_seq_length = 2 * 1024
model, tokenizer = FastLanguageModel.from_pretrained(
    model_name = "unsloth/mistral-7b-v0.3",
    max_seq_length = max_seq_length,
    load_in_4bit = False,
)
model = FastLanguageModel.get_peft_model(model, r = 64, lora_alpha = 128, lora_dropout = 0.05,
    target_modules = ["q_proj", "v_proj"], use_gradient_checkpointing = True, use_rslora = True)
trainer = SFTTrainer(
    model = model,
    train_dataset = dataset,
    max_seq_length = max_seq_length,
    packing = True,
    args = TrainingArguments(
        per_device_train_batch_size = 1,
        gradient_accumulation_steps = 8,
        fp16 = not is_bfloat16_supported(),
        bf16 = is_bfloat16_supported(),
        optim = "paged_adamw_8bit",
        report_to = "none",
    ),
)
