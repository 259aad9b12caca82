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

/** What is set of PyTorch's allocator; a number: blocks of so many MiB and more are not split. */
export type AllocChoice = "default" | "expandable" | number;

/** How fused experts of a quantised base are stored; `16bit`: left as they are loaded. */
export const EXPERTS = ["16bit", "4bit", "8bit", "mxfp4"] as const;
export type ExpertsChoice = (typeof EXPERTS)[number];

/** How packed experts are read: `saved` by autograd as 16-bit weights, or `rebuilt` in backward. */
export const EXPERT_READS = ["saved", "rebuilt"] as const;
export type ExpertRead = (typeof EXPERT_READS)[number];

/** How long rows are: all of full length, of any length up to it alike, or log-normal, of a mean in tokens. */
export type LengthsChoice = "fixed" | "uniform" | number;

/** What a preference objective holds the policy against; `none`: nothing, which only GRPO can do without. */
export const REF_CHOICES = ["none", ...REFERENCES] as const;

/** What generates completions: transformers on the same card, vLLM beside the trainer or on other cards. */
export const ENGINES = ["transformers", "vllm-colocate", "vllm-server"] as const;

/** What a teacher is loaded as. */
export const TEACHER_TYPES = ["fp32", "bf16", "fp16"] as const;

/** Whether adapters are merged into the base at the end; `safe`: with a look at each result (`safe_merge`). */
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
