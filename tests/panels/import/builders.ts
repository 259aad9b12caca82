import { fireEvent } from "@testing-library/react";

/** A run of LLaMA-Factory, and the line of each field in it. */
export const LLAMA_FACTORY = [
  "model_name_or_path: meta-llama/Llama-3.1-8B-Instruct",
  "stage: sft",
  "finetuning_type: lora",
  "quantization_bit: 4",
  "cutoff_len: 4096",
  "per_device_train_batch_size: 2",
  "gradient_accumulation_steps: 8",
  "made_up_option: 7",
].join("\n");

export const LLAMA_2_7B = JSON.stringify(
  {
    model_type: "llama",
    hidden_size: 4096,
    intermediate_size: 11008,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: 32,
    vocab_size: 32000,
    max_position_embeddings: 4096,
    tie_word_embeddings: false,
    hidden_act: "silu",
  },
  null,
  2,
);

export const fileOf = (text: string, name: string): File => new File([text], name);

/** Files let fall on an element, or anywhere. */
export const dropOn = (target: Element, ...files: readonly File[]): void => {
  fireEvent.drop(target, { dataTransfer: { files, types: ["Files"] } });
};

/** A text pasted where no field has the focus. */
export const pasteOn = (target: Element, text: string): void => {
  fireEvent.paste(target, { clipboardData: { files: [], getData: () => text } });
};

/** What jsdom leaves out of dialogs: they open and close, over nothing. */
export const bringDialogs = (): void => {
  const { prototype } = HTMLDialogElement;
  prototype.showModal = function showModal() {
    this.open = true;
  };
  prototype.close = function close() {
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
};
