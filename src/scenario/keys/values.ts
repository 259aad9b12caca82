// Values of single keys: model, GPU, quantization, experts, reference model, panels and others.

import type { Architecture } from "#calc/model/architecture.ts";
import { REFERENCES } from "#calc/model/objective.ts";
import type { SelectiveCheckpointing } from "#calc/model/scenario.ts";

/** The model: a catalog row, a size, or an architecture of the user's own. */
export type ModelChoice = Readonly<
  | { kind: "catalog"; id: string }
  /** A size; the architecture is interpolated from real models. */
  | { kind: "size"; params: number }
  /** Pasted, dropped or fetched config.json, or the link's `arch`. */
  | { kind: "architecture"; architecture: Architecture }
>;

/** The card: a catalog row, or a capacity. */
export type GpuChoice = Readonly<
  { kind: "catalog"; id: string } | { kind: "custom"; memoryBytes: number; unit: "GB" | "GiB" }
>;

/** The type that matrix products are computed in. */
export const COMPUTES = ["bf16", "fp16", "fp32"] as const;
export type Compute = (typeof COMPUTES)[number];

/** The formats in which the base of QLoRA can be stored. */
export const QUANTS = ["nf4", "fp4", "int8", "gptq", "unsloth-dynamic"] as const;

/** Every layer checkpointed whole, or in part: `SelectiveCheckpointing`. */
export type SelectiveChoice = "none" | SelectiveCheckpointing;

/** The setting of PyTorch's allocator; a number: `max_split_size_mb`. */
export type AllocChoice = "default" | "expandable" | number;

/** The storage formats of fused experts in a quantized base model; `16bit`: as loaded. */
export const EXPERTS = ["16bit", "4bit", "8bit", "mxfp4"] as const;
export type ExpertsChoice = (typeof EXPERTS)[number];

/** The read modes of packed experts: 16-bit weights `saved` by autograd, or `rebuilt` in backward. */
export const EXPERT_READS = ["saved", "rebuilt"] as const;
export type ExpertRead = (typeof EXPERT_READS)[number];

/** The distribution of row lengths: all full, uniform up to the full length, or log-normal with a mean in tokens. */
export type LengthsChoice = "fixed" | "uniform" | number;

/** The reference models of preference objectives; `none`: only GRPO can train without one. */
export const REF_CHOICES = ["none", ...REFERENCES] as const;

/** The engines that generate completions: transformers on the same GPU, vLLM on the same GPUs or on others. */
export const ENGINES = ["transformers", "vllm-colocate", "vllm-server"] as const;

/** The dtypes that a teacher can be loaded in. */
export const TEACHER_TYPES = ["fp32", "bf16", "fp16"] as const;

/** The ways to merge adapters into the base model at the end; `safe`: checks each result (`safe_merge`). */
export const MERGES = ["0", "1", "safe"] as const;

/** The sections of the page, by the names that `only` and `hide` know. */
export const PANEL_IDS = [
  "verdict",
  "cards",
  "bars",
  "table",
  "moments",
  "changes",
  "fits",
  "sweep",
  "computed",
  "guide",
  "take",
] as const;
