from unsloth import FastModel
from trl import SFTTrainer, SFTConfig

# 16-bit LoRA: the base stays as it is
base, tok = FastModel.from_pretrained(
    model_name = "unsloth/Qwen3-14B",
    max_seq_length = 4096,
    load_in_4bit = False,
    load_in_16bit = True,
)
lora = FastModel.get_peft_model(
    base,
    finetune_vision_layers = False,
    finetune_language_layers = True,
    finetune_attention_modules = True,
    finetune_mlp_modules = True,
    r = 4, lora_alpha = 4, lora_dropout = 0, bias = "none",
)
SFTTrainer(
    model = lora, train_dataset = data,
    args = SFTConfig(per_device_train_batch_size = 1, gradient_accumulation_steps = 32,
                     optim = "paged_adamw_8bit", max_length = 4096, packing = True),
).train()
