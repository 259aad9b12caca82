import type { Architecture } from "#calc/model/architecture.ts";
import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { TargetPreset } from "#calc/model/layout.ts";
import { type ObjectiveId, REFERENCES } from "#calc/model/objective.ts";
import type {
  KbitPreparation,
  MethodId,
  Offload,
  OptimizerId,
  SelectiveCheckpointing,
  Sharding,
  TUNERS,
} from "#calc/model/scenario.ts";
import type { AskedRun, Evaluation } from "#calc/model/whole-run.ts";
import type { LossChoice } from "#catalog/stack-row.ts";
import type { QUANTS } from "./quants.ts";
import type { Unknown } from "./unknown.ts";

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
export type RefChoice = (typeof REF_CHOICES)[number];

/** What generates completions: transformers on the same card, vLLM beside the trainer or on other cards. */
export const ENGINES = ["transformers", "vllm-colocate", "vllm-server"] as const;
export type GenerationEngine = (typeof ENGINES)[number];

/** What a teacher is loaded as. */
export const TEACHER_TYPES = ["fp32", "bf16", "fp16"] as const;
export type TeacherType = (typeof TEACHER_TYPES)[number];

/** Whether adapters are merged into the base at the end; `safe`: with a look at each result (`safe_merge`). */
export const MERGES = ["0", "1", "safe"] as const;
export type MergeChoice = (typeof MERGES)[number];

/**
 * What the user chose, field by field: exactly what a link can carry. `null` means "what the chosen stack does" (or, for `alpha`,
 * 2r; for `shard`, what follows from `gpus`), so that another stack brings its own values, and an override is seen as one.
 */
export type Choices = Readonly<{
  /** Names that a link or a file asked for and that are not known. The fields have their defaults; nothing is estimated. */
  unknown: Unknown;
  model: ModelChoice;
  /** The method in focus. */
  method: MethodId;
  /** The methods shown, in fixed order; never empty. */
  show: readonly MethodId[];
  stack: string;
  weights: ParameterFormat | null;
  grads: ParameterFormat | null;
  states: ParameterFormat | null;
  adapters: ParameterFormat | null;
  autocast: boolean | null;
  quant: (typeof QUANTS)[number];
  dq: boolean;
  kbit: KbitPreparation | null;
  r: number;
  alpha: number | null;
  dropout: number;
  targets: TargetPreset | readonly string[];
  dora: boolean;
  save: readonly string[];
  batch: number;
  seq: number;
  accum: number;
  packing: boolean;
  ckpt: boolean;
  selective: SelectiveChoice | null;
  actoffload: boolean | null;
  attn: "flash" | "sdpa" | "math" | "eager" | null;
  loss: LossChoice | null;
  optim: OptimizerId | null;
  gpu: GpuChoice;
  /** GiB already in use on the card. */
  used: number;
  gpus: number;
  shard: Sharding | null;
  offload: Offload;
  /**
   * Ranks that divide the matrices of one model, its sequence, its layers; `sp`: the first divide hidden states, too. `ulysses`: a sequence by sharing out
   * heads.
   */
  tp: number;
  sp: boolean;
  cp: number;
  pp: number;
  ulysses: number;
  experts: ExpertsChoice | null;
  expertread: ExpertRead | null;
  /** null: what the stack computes in on the chosen card. */
  compute: Compute | null;
  alloc: AllocChoice;
  /** All of Liger's kernels: norms, gated MLPs, rotary embedding, and the loss where none is chosen. */
  liger: boolean | null;
  /** Linears and their adapters as one kernel. */
  lorakernels: boolean | null;
  reentrant: boolean | null;
  /** GPUs that divide the experts of each layer. */
  ep: number;
  /** What trains few parameters beside a frozen model, by PEFT's name; DoRA is LoRA's `dora`. */
  tuner: (typeof TUNERS)[number];
  lengths: LengthsChoice;
  /** Rows of an evaluation's batch on each GPU; 0: the run does not evaluate. */
  eval: number;
  /** Tokens of a row of it; null: as `seq`. */
  evalseq: number | null;
  evalkeep: Evaluation["keeps"];
  evalbatches: number;
  /** `eval_accumulation_steps`; 0: what is kept goes to the host at the end. */
  evalmove: number;
  /** `eval_do_concat_batches=False`: what is kept is a list. */
  evallist: boolean;
  /** New tokens that it generates. */
  evalgen: number;
  saving: AskedRun["saving"];
  merge: MergeChoice;
  resume: boolean;
  loading: AskedRun["loading"];
  /** What the run trains for. */
  objective: ObjectiveId;
  /** null: what the trainer does by itself with the method. */
  ref: RefChoice | null;
  /** Tokens of `seq` that are prompt; the rest is completion. null: half. */
  prompt: number | null;
  /** Tokens of the completion. Only as it is read: `settle` makes `prompt` and `seq` of it. */
  completion: number | null;
  /** Share of a completion's tokens that are real; the rest is padding. */
  fill: number;
  /** GRPO's weight of the distance from a reference; 0: it has none. */
  beta: number;
  /** Whether KTO's loss has the distance from a reference, for which it runs mismatched completions; not with `apo_zero_unpaired`. */
  kl: boolean;
  /** What generates GRPO's completions, and where. */
  engine: GenerationEngine;
  /** Micro steps whose completions are generated at once (`steps_per_generation`); null: those of an update. */
  gensteps: number | null;
  /** Completions of a prompt. */
  generations: number;
  /** vLLM's share of the card, where it is on it; whether it sleeps while a step runs. */
  vllm: number;
  sleep: boolean;
  /** The catalog's model that a student is distilled from; null: the student's own. What it is loaded as. */
  teacher: string | null;
  teacherdtype: TeacherType;
  embed: boolean;
  theme: "light" | "dark" | "auto";
  only: readonly string[];
  hide: readonly string[];
  lock: readonly string[];
}>;

/** A key of the link (docs/links.md): `v`, `model`, `params` ... */
export type LinkKey = string;
