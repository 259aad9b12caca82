from unsloth import FastModel
from trl import SFTConfig, SFTTrainer
model, processor = FastModel.from_pretrained(
    model_name = "unsloth/gemma-3-270m-it",
    max_seq_length = 1024,
    load_in_4bit = False,
    load_in_8bit = False,
    full_finetuning = True,
)
trainer = SFTTrainer(model = model, args = SFTConfig(
    per_device_train_batch_size = 8, gradient_accumulation_steps = 1, optim = "adamw_torch_fused", warmup_steps = 5))
