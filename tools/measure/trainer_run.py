#!/usr/bin/env python3
"""trainer_run.py: trains a tiny Llama with transformers' Trainer, watched by the callback beside this file (headroom_callback.py)."""
import tempfile

import torch
from headroom_callback import HeadroomCallback
from transformers import AutoConfig, AutoModelForCausalLM, Trainer, TrainingArguments

ROWS, TOKENS, WORDS = 16, 32, 256

config = AutoConfig.for_model(
    "llama", hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, vocab_size=WORDS
)
ids = torch.randint(0, WORDS, (ROWS, TOKENS))
headroom = HeadroomCallback()
with tempfile.TemporaryDirectory() as folder:
    trainer = Trainer(
        model=AutoModelForCausalLM.from_config(config),
        args=TrainingArguments(
            output_dir=folder,
            max_steps=4,
            per_device_train_batch_size=1,
            gradient_accumulation_steps=2,
            report_to="none",
            disable_tqdm=True,
            logging_strategy="no",
            save_strategy="no",
            use_cpu=not torch.cuda.is_available(),
        ),
        train_dataset=[{"input_ids": row, "labels": row} for row in ids],
        callbacks=[headroom],
    )
    with headroom.watching():
        trainer.train()
