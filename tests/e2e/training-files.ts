/** A run of LLaMA-Factory; more of its fields are ignored than stand in a list at first. */
export const LLAMA_FACTORY = `model_name_or_path: meta-llama/Llama-3.1-8B-Instruct
stage: sft
finetuning_type: lora
quantization_bit: 4
cutoff_len: 4096
per_device_train_batch_size: 2
gradient_accumulation_steps: 8
made_up_option: 1
another_option: 2
one_more_option: 3
and_one_more: 4
and_another: 5
the_last_option: 6
`;
