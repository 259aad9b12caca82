# (IA)3 scales activations; what is packed and checkpointed only a run knows.
from peft import IA3Config
from transformers import AutoModelForCausalLM
from trl import SFTConfig, SFTTrainer

options = parse()
model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen3-4B", dtype="bfloat16")
SFTTrainer(
    model=model,
    peft_config=IA3Config(task_type="CAUSAL_LM"),
    args=SFTConfig(max_length=4096, packing=options.packing, bf16=False, per_device_train_batch_size=1),
).train()
