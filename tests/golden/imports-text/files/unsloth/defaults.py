import unsloth
from unsloth import FastLanguageModel
from trl import SFTTrainer, SFTConfig
model, tokenizer = FastLanguageModel.from_pretrained("unsloth/Qwen3-8B")
model = FastLanguageModel.get_peft_model(model)
SFTTrainer(model, args=SFTConfig(output_dir="out"), train_dataset=rows).train()
