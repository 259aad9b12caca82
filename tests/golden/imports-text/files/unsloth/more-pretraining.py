from unsloth import FastLanguageModel, UnslothTrainer, UnslothTrainingArguments
model, tokenizer = FastLanguageModel.from_pretrained("unsloth/llama-3-8b-bnb-4bit", max_seq_length = 2048, load_in_4bit = True)
model = FastLanguageModel.get_peft_model(
    model, r = 128, lora_alpha = 32, lora_dropout = 0, use_rslora = True,
    target_modules = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
                      "embed_tokens", "lm_head",],
)
trainer = UnslothTrainer(model = model, args = UnslothTrainingArguments(
    per_device_train_batch_size = 2, gradient_accumulation_steps = 8, embedding_learning_rate = 1e-5, optim = "adamw_8bit"))
