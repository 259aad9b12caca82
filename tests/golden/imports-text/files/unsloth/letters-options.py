"""Teaches a small model to answer letters."""
import argparse

from datasets import load_dataset
from trl import SFTConfig, SFTTrainer
from unsloth import FastLanguageModel

parser = argparse.ArgumentParser()
parser.add_argument("--model_name", type=str, default="unsloth/Qwen2.5-7B-Instruct-bnb-4bit")
parser.add_argument("--max-seq-length", type=int, default=3072, help="longest letter")
parser.add_argument("--lora_r", type=int, default=48)
parser.add_argument("--batch-size", dest="batch_size", default=3, type=int)
parser.add_argument("--data", default="letters.jsonl")
args = parser.parse_args()


def main():
    model, tokenizer = FastLanguageModel.from_pretrained(
        model_name=args.model_name,
        max_seq_length=args.max_seq_length,
        load_in_4bit=True,
    )
    model = FastLanguageModel.get_peft_model(
        model,
        r=args.lora_r,
        lora_alpha=2 * args.lora_r,
        lora_dropout=0,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        use_gradient_checkpointing="unsloth",
    )
    rows = load_dataset("json", data_files=args.data, split="train")
    trainer = SFTTrainer(
        model=model,
        processing_class=tokenizer,
        train_dataset=rows,
        args=SFTConfig(
            per_device_train_batch_size=args.batch_size,
            gradient_accumulation_steps=6,
            warmup_ratio=0.03,
            learning_rate=1e-4,
            optim="adamw_torch_fused",
            output_dir="letters",
        ),
    )
    trainer.train()


if __name__ == "__main__":
    main()
