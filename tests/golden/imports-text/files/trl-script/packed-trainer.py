# Adapters over a packed base, trained by transformers' own trainer.
import torch
import transformers
from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
from transformers import AutoTokenizer, BitsAndBytesConfig, MistralForCausalLM

name = "mistralai/Mistral-7B-v0.1"
packing = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True)
tokenizer = AutoTokenizer.from_pretrained(name)
model = MistralForCausalLM.from_pretrained(name, quantization_config=packing, device_map={"": 0})
model = prepare_model_for_kbit_training(model)
model = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM"))

trainer = transformers.Trainer(
    model=model,
    args=transformers.TrainingArguments(
        output_dir="packed", per_device_train_batch_size=2, gradient_accumulation_steps=8, bf16=True, optim="paged_adamw_8bit"
    ),
    train_dataset=rows,
)
trainer.train()
