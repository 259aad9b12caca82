/** QLoRA of Llama 3.1 8B, two rows of 4,096 tokens. */
export const AXOLOTL = `base_model: meta-llama/Llama-3.1-8B
adapter: qlora
load_in_4bit: true
sequence_len: 4096
micro_batch_size: 2
sample_packing: true
lora_r: 16
lora_target_linear: true
gradient_checkpointing: true
optimizer: adamw_torch
bf16: true
`;

/** The same run with TRL's command. */
export const TRL =
  "python sft.py --model_name_or_path meta-llama/Llama-3.1-8B --use_peft --lora_r 16 --max_length 4096 --bf16 True\n";
