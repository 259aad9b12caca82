from unsloth import FastModel
settings = dict(r = 8, lora_alpha = 8, lora_dropout = 0.0, bias = "none", random_state = 3407)
model, tokenizer = FastModel.from_pretrained("unsloth/Phi-4", max_seq_length = 8192, load_in_4bit = False, load_in_8bit = True)
model = FastModel.get_peft_model(model, finetune_vision_layers = False, **settings)
from trl import SFTConfig
config = SFTConfig(per_device_train_batch_size = 1, gradient_accumulation_steps = 16, optim = "adamw_torch")
