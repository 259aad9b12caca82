import type { Architecture } from "#calc/architecture.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Lora, OptimizerId, Scenario } from "#calc/scenario.ts";
import { lora } from "../lora.ts";
import { scenario } from "../scenario.ts";

type LiveAndPeak = readonly [live: number, peak: number];
/** One row of PyTorch on fake tensors. */
export type ReferenceRow = Readonly<{
  id: string;
  model: string;
  /** Instead of the catalog's. */
  architecture?: Architecture;
  num_hidden_layers: number;
  method: "full" | "lora" | "qlora";
  micro_batch_size: number;
  sequence_length: number;
  gradient_accumulation_steps: number;
  gradient_checkpointing: boolean;
  autocast_bf16: boolean;
  weight_dtype: "bfloat16" | "float32";
  attn_implementation: "sdpa" | "eager";
  optim: string;
  r?: number;
  target_modules?: readonly string[] | "all-linear";
  lora_dropout?: number;
  adapter_dtype?: "bfloat16" | "float32";
  use_dora?: boolean;
  modules_to_save?: readonly string[];
  bnb_4bit_use_double_quant?: boolean;
  kbit_preparation?: "fp32" | "trl" | "none";
  params: number;
  trainableParams: number;
  staticBytes: number;
  peakBytes: number;
  step: Readonly<Record<"forward" | "backward" | "step" | "zero", LiveAndPeak>>;
}>;

const DTYPES = { bfloat16: "bf16", float32: "fp32" } as const;

/** The row's own settings of LoRA; a key that is absent does not apply. */
const loraOf = ({ r = 0, lora_dropout = 0, adapter_dtype = "float32", ...row }: ReferenceRow): Lora =>
  lora({
    r,
    lora_dropout,
    target_modules: row.target_modules ?? "all-linear",
    use_dora: row.use_dora ?? false,
    modules_to_save: row.modules_to_save ?? [],
    adapters: DTYPES[adapter_dtype],
  });

const methodOf = (row: ReferenceRow): Scenario["method"] => {
  if (row.method === "full") return { kind: "full" };
  const adapters = loraOf(row);
  if (row.method === "lora") return { kind: "lora", lora: adapters };
  return {
    kind: "qlora",
    lora: adapters,
    quantization: {
      kind: "bnb-4bit",
      bnb_4bit_quant_type: "nf4",
      bnb_4bit_use_double_quant: row.bnb_4bit_use_double_quant ?? true,
    },
    kbitPreparation: row.kbit_preparation ?? "none",
  };
};

/** The scenario that a row ran. */
export const scenarioOf = (row: ReferenceRow): Scenario => {
  const architecture = row.architecture ?? FULL_CATALOG.models[row.model]?.architecture;
  if (architecture === undefined) throw new Error(`${row.model} is not in the catalog`);
  return scenario({
    architecture: { ...architecture, num_hidden_layers: row.num_hidden_layers },
    method: methodOf(row),
    weights: DTYPES[row.weight_dtype],
    autocast: row.autocast_bf16,
    micro_batch_size: row.micro_batch_size,
    sequence_length: row.sequence_length,
    gradient_accumulation_steps: row.gradient_accumulation_steps,
    gradient_checkpointing: row.gradient_checkpointing,
    attn_implementation: row.attn_implementation,
    optim: (row.optim === "adamw_torch (foreach)" ? "adamw_torch" : row.optim) as OptimizerId,
  });
};
