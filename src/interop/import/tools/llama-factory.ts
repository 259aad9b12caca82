import type { Finding } from "#interop/import/finding.ts";
import { readModel } from "#interop/import/named-model.ts";
import { fieldOf, type FieldRule, readFields } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { numberOf, takeNumber } from "#interop/import/take.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";

/** Defaults stand in LLaMA-Factory@ff6d4d12 (0.9.5), under src/llamafactory/; of what it leaves to transformers, in 5.14.1 `training_args.py`. */
const standsIn = (text: string, place: string) => ({ text, sentence: `LLaMA-Factory's default (${place}).` });

const LENGTH_AND_BATCH: readonly FieldRule[] = [
  { field: "cutoff_len", key: "seq", take: takeNumber, otherwise: standsIn("2048", "hparams/data_args.py") },
  {
    field: "per_device_train_batch_size",
    key: "batch",
    take: takeNumber,
    otherwise: { text: "8", sentence: "transformers' default (training_args.py)." },
  },
  {
    field: "gradient_accumulation_steps",
    key: "accum",
    take: takeNumber,
    otherwise: { text: "1", sentence: "transformers' default (training_args.py)." },
  },
];

/** Which of method, base and format it is: several fields together. */
const method = (source: Source): readonly Finding[] => {
  const type = fieldOf(source, "finetuning_type");
  const bits = fieldOf(source, "quantization_bit");
  const isFull = type?.value === "full";
  if (isFull && type) return [{ kind: "read", field: type, key: "method", text: "full" }];
  if (numberOf(bits?.value ?? undefined) !== undefined && bits)
    return [{ kind: "read", field: bits, key: "method", text: "qlora" }];
  if (type?.value === "lora") return [{ kind: "read", field: type, key: "method", text: "lora" }];
  return [{ kind: "assumed", key: "method", ...standsIn("lora", "hparams/finetuning_args.py") }];
};
export const LLAMA_FACTORY_READER: ToolReader = {
  id: "llama-factory",
  name: "LLaMA-Factory 0.9.5",
  stack: "llama-factory",
  says: "run",
  recognises: ({ fields }) => fields.has("finetuning_type") || (fields.has("cutoff_len") && fields.has("template")),
  read: (source, { catalog }) => [
    ...readModel(fieldOf(source, "model_name_or_path"), catalog),
    ...method(source),
    ...readFields(source, LENGTH_AND_BATCH),
  ],
  harmless: ["do_train", "output_dir", "learning_rate"],
};
