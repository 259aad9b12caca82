import { readModel } from "#interop/import/named-model.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { readUnmodelled } from "#interop/import/unmodelled.ts";
import { readTrainingArguments } from "./hugging-face/training-arguments.ts";
import { readFactoryMethod } from "./llama-factory/factory-method.ts";
import { readFactoryStep } from "./llama-factory/factory-step.ts";
import { HARMLESS_OF_FACTORY } from "./llama-factory/harmless-of-factory.ts";
import { UNMODELLED_OF_FACTORY } from "./llama-factory/unmodelled-of-factory.ts";
import { JSONS_OF_LLAMA_FACTORY } from "./sharding/shipped-deepspeed.ts";
import { readTrainerSharding } from "./sharding/trainer-sharding.ts";

/** Fields that no other tool has. */
const OWN = ["finetuning_type", "cutoff_len", "quantization_bit", "lora_rank", "template", "flash_attn"];

/** LLaMA-Factory's YAML. @see LLaMA-Factory@ff6d4d12 (0.9.5):src/llamafactory/hparams/ */
export const LLAMA_FACTORY_READER: ToolReader = {
  id: "llama-factory",
  name: "LLaMA-Factory 0.9.5",
  stack: "llama-factory",
  says: "run",
  recognises: ({ fields }) => fields.has("model_name_or_path") && OWN.some((name) => fields.has(name)),
  read: (source, { catalog }) => [
    ...readModel(fieldOf(source, "model_name_or_path"), catalog),
    // The Trainer's own switch of checkpoints is not asked: the library has one of its own.
    ...readTrainingArguments(source, {}, ["ckpt", "liger", "reentrant"]),
    ...readFactoryMethod(source),
    ...readFactoryStep(source),
    ...readTrainerSharding(source, JSONS_OF_LLAMA_FACTORY),
    ...readUnmodelled(source, UNMODELLED_OF_FACTORY),
  ],
  harmless: HARMLESS_OF_FACTORY,
};

const NEXT = "LLaMA-Factory's new format, of its version 1, is not read; that of 0.9 is.";

/** The format of its version 1, which is being written. @see LLaMA-Factory@ff6d4d12:examples/v1/ */
export const NEXT_LLAMA_FACTORY_READER: ToolReader = {
  ...LLAMA_FACTORY_READER,
  id: "llama-factory-1",
  name: "LLaMA-Factory 1",
  recognises: ({ fields }) =>
    fields.has("model") && ["train_dataset", "peft_config.name", "dist_config.name"].some((name) => fields.has(name)),
  read: ({ fields }) => [{ kind: "refused", field: fields.get("model") ?? null, sentence: NEXT }],
};
