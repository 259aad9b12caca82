// Every key of the choices with its values and default, and the canonical order of links.

import { SHARDINGS, TUNERS, METHODS, OPTIMIZERS } from "#calc/model/scenario.ts";
import { flag, key, oneOf, orElse, whole, type Keys, decimal, special, ofStack, ofCard, wordOrNumber } from "./key.ts";
import { OBJECTIVES } from "#calc/model/objective.ts";
import { ENGINES, REF_CHOICES, TEACHER_TYPES, MERGES, COMPUTES, EXPERT_READS, EXPERTS, QUANTS } from "./values.ts";
import { EVALUATION_KEEPS, LOADINGS, SAVINGS } from "#calc/model/whole-run.ts";

/** Ranks that divide one model. */
const ranks = key(whole(1, 64), 1, { apart: "divides" });

/** Keys for sharding, parallelism and offload. */
export const GPUS = {
  shard: orElse(oneOf(SHARDINGS, { fsdp: "fsdp2" }), "what follows from gpus is used"),
  offload: key(oneOf(["none", "optimizer", "all"]), "none"),
  /** Ranks that divide the matrices of the model. */
  tp: ranks,
  /** True if tensor-parallel ranks also divide hidden states (sequence parallelism). */
  sp: key(flag, false, { apart: "divides" }),
  /** Ranks that divide each sequence. */
  cp: ranks,
  /** Ranks that divide the layers. */
  pp: ranks,
  /** Ranks that divide each sequence by sharing out heads. */
  ulysses: ranks,
  /** Ranks that divide the experts of each layer. */
  ep: ranks,
} satisfies Keys;

/** Adapters, but for their rank and targets. */
export const LORA = {
  alpha: orElse(decimal(0, 65_536), "twice the rank is used"),
  dropout: key(decimal(0, 0.9), 0),
  dora: key(flag, false),
  /** The adapter method, by PEFT's name; DoRA is the key `dora` of LoRA. */
  tuner: key(oneOf(TUNERS), "lora"),
  save: key(special("modules"), [], { otherwise: "none is used" }),
} satisfies Keys;

export const METHOD = {
  /** The method in focus. */
  method: key(oneOf(METHODS), "lora"),
  /** The methods shown, in fixed order; never empty. */
  show: key(special("methods"), ["full", "lora", "qlora"]),
} satisfies Keys;

/** Tokens: the longest context of an open model is 10,485,760 (Llama 4 Scout). */
const TOKENS = whole(1, 10_485_760);

/** The keys of controls that stand open. */
export const OPEN = {
  model: key(special("model"), { kind: "catalog", id: "llama-3.1-8b" }),
  gpu: key(special("gpu"), { kind: "catalog", id: "rtx-4090" }),
  gpus: key(whole(1, 4096), 1),
  batch: key(whole(1, 4096), 1),
  seq: key(TOKENS, 2048),
  r: key(whole(1, 1024), 16),
  targets: key(special("targets"), "all-linear"),
  weights: ofStack(special("format")),
  grads: ofStack(special("format")),
  states: ofStack(special("format")),
  adapters: ofStack(special("format")),
} satisfies Keys;

/** Another stack may not have an objective: all of them are locked with it. */
const lock = "stack";
const OF_COMPLETIONS = { lock, apart: "of-completions" } as const;
const OF_GRPO = { lock, apart: "of-grpo" } as const;
const OF_TEACHER = { lock, apart: "of-teacher" } as const;

/** Keys of the training objective. */
export const OBJECTIVE = {
  objective: key(oneOf(OBJECTIVES), "sft", { lock }),
  ref: orElse(oneOf(REF_CHOICES), "what the trainer does by itself is used", { lock, apart: "of-reference" }),
  /** Tokens of `seq` that are prompt, beside which a completion has at least one. */
  prompt: orElse(whole(1, TOKENS.range.max - 1), "half of seq is used", OF_COMPLETIONS),
  /** Tokens of the completion. Only as it is read: `settle` makes `prompt` and `seq` of it. */
  completion: orElse(TOKENS, "the rest of seq is used", { ...OF_COMPLETIONS, readOnly: true }),
  /** Share of a completion's tokens that are real; the rest is padding. */
  fill: key(decimal(0.01, 1), 1, OF_COMPLETIONS),
  /** GRPO's weight of the distance from a reference; 0: it has none. */
  beta: key(decimal(0, 100), 0, OF_GRPO),
  /** True if KTO's loss includes the KL term, which needs mismatched completions; not with `apo_zero_unpaired`. */
  kl: key(flag, true, { lock, apart: "of-kto" }),
  /** The engine that generates GRPO's completions, and its GPUs. */
  engine: key(oneOf(ENGINES), "transformers", OF_GRPO),
  /** Micro steps whose completions are generated at once (`steps_per_generation`); null: those of an update. */
  gensteps: orElse(whole(1, 4096), "that of accum is used", OF_GRPO),
  /** Completions of a prompt: TRL takes no fewer than two. */
  generations: key(whole(2, 4096), 8, OF_GRPO),
  /** vLLM's share of the card, where it is on it. */
  vllm: key(decimal(0.01, 0.99), 0.3, OF_GRPO),
  /** True if vLLM sleeps during the training step. */
  sleep: key(flag, false, OF_GRPO),
  /** The catalog's model that a student is distilled from; null: the student's own. */
  teacher: orElse(special("teacher"), "the model itself is used", OF_TEACHER),
  /** The dtype that the teacher is loaded in. */
  teacherdtype: key(oneOf(TEACHER_TYPES), "fp32", OF_TEACHER),
} satisfies Keys;

const panels = key(special("panels"), [], { otherwise: "none is used" });

/** Keys of the page around a scenario. */
export const PAGE = {
  embed: key(flag, false),
  theme: key(oneOf(["light", "dark", "auto"]), "auto"),
  only: panels,
  hide: panels,
  /** The keys whose controls are locked. */
  lock: key(special("lock"), [], { otherwise: "none is used" }),
} satisfies Keys;

const OF_EVALUATION = { lock: "eval", apart: "evaluates" } as const;
/** `saving` stands for what comes before and after training. */
const OF_SAVING = { lock: "saving" } as const;

/** The moments of a run outside its step. */
export const RUN = {
  /** Rows of an evaluation's batch on each GPU; 0: the run does not evaluate. */
  eval: key(whole(0, 4096), 0, OF_EVALUATION),
  /** Tokens of a row of it; null: as `seq`. */
  evalseq: orElse(TOKENS, "that of seq is used", OF_EVALUATION),
  /** New tokens that it generates. */
  evalgen: key(whole(0, 131_072), 0, OF_EVALUATION),
  evalkeep: key(oneOf(EVALUATION_KEEPS), "loss", OF_EVALUATION),
  evalbatches: key(whole(1, 65_536), 1, OF_EVALUATION),
  /** `eval_accumulation_steps`; 0: what is kept goes to the host at the end. */
  evalmove: key(whole(0, 65_536), 0, OF_EVALUATION),
  /** `eval_do_concat_batches=False`: what is kept is a list. */
  evallist: key(flag, false, OF_EVALUATION),
  saving: key(oneOf(SAVINGS), "none"),
  merge: key(oneOf(MERGES, { false: "0", true: "1" }), "0", OF_SAVING),
  resume: key(flag, false, OF_SAVING),
  loading: key(oneOf(LOADINGS), "none", OF_SAVING),
} satisfies Keys;

/** The training library, and what it does with a base. */
export const STACK = {
  stack: key(special("stack"), "transformers"),
  compute: ofCard(oneOf(COMPUTES)),
  autocast: ofStack(flag),
  quant: key(oneOf(QUANTS), "nf4"),
  dq: key(flag, true),
  experts: ofStack(oneOf(EXPERTS)),
  expertread: ofStack(oneOf(EXPERT_READS)),
  kbit: ofStack(oneOf(["fp32", "trl", "trl-0.11", "axolotl", "none"])),
} satisfies Keys;

/** Alternative spellings by transformers itself (`training_args.py`, `OptimizerNames`). */
const OPTIMIZER_ALIASES = {
  adamw_8bit: "adamw_bnb_8bit",
  lion_32bit: "lion",
  paged_adamw: "paged_adamw_32bit",
} as const;

/** MiB of blocks that are not split: PyTorch takes no fewer. */
const SPLIT_MIB = { min: 20, max: 65_536 };

/** Keys of the training step. */
export const TRAINING = {
  loss: ofStack(oneOf(["full", "parallel", "inplace", "chunked", "fused"]), { apart: "of-sft" }),
  attn: ofCard(oneOf(["flash", "sdpa", "math", "eager"], { flash_attention_2: "flash" })),
  optim: ofStack(oneOf(OPTIMIZERS, OPTIMIZER_ALIASES)),
  accum: key(whole(1, 4096), 1),
  ckpt: key(flag, true),
  selective: ofStack(special("selective")),
  actoffload: ofStack(flag, { apart: "offloads" }),
  packing: key(flag, true, { apart: "of-sft" }),
  lengths: key(wordOrNumber(["fixed", "uniform"], "lognormal", TOKENS.range), "fixed"),
  alloc: key(wordOrNumber(["default", "expandable"], "split", SPLIT_MIB), "default"),
  /** All of Liger's kernels: norms, gated MLPs, rotary embedding, and the loss where none is chosen. */
  liger: ofStack(flag),
  /** Linears and their adapters as one kernel. */
  lorakernels: ofStack(flag),
  reentrant: ofStack(flag),
} satisfies Keys;

export const USED = {
  /** GiB already in use on the card. */
  used: key(decimal(0, 100_000), 0),
} satisfies Keys;

/**
 * Every key of the choices: its values, and what a link without it means. Public interface: a key is never renamed without an alias, and a default never changed
 * without a new version `v`, since links leave defaults out.
 */
export const KEYS = {
  ...OPEN,
  ...METHOD,
  ...STACK,
  ...OBJECTIVE,
  ...TRAINING,
  ...RUN,
  ...LORA,
  ...GPUS,
  ...USED,
  ...PAGE,
};

/** The canonical order of links: that of `KEYS`, each once (tested). Public: another order would make another link of the same choices. */
export const ORDER = [
  "model",
  "method",
  "show",
  "stack",
  "weights",
  "grads",
  "states",
  "adapters",
  "autocast",
  "quant",
  "dq",
  "kbit",
  "r",
  "alpha",
  "dropout",
  "targets",
  "dora",
  "save",
  "batch",
  "seq",
  "accum",
  "packing",
  "ckpt",
  "selective",
  "actoffload",
  "attn",
  "loss",
  "optim",
  "gpu",
  "used",
  "gpus",
  "shard",
  "offload",
  "tp",
  "sp",
  "cp",
  "pp",
  "ulysses",
  "experts",
  "expertread",
  "compute",
  "alloc",
  "liger",
  "lorakernels",
  "reentrant",
  "ep",
  "tuner",
  "lengths",
  "eval",
  "evalseq",
  "evalkeep",
  "evalbatches",
  "evalmove",
  "evallist",
  "evalgen",
  "saving",
  "merge",
  "resume",
  "loading",
  "objective",
  "ref",
  "prompt",
  "completion",
  "fill",
  "beta",
  "kl",
  "engine",
  "gensteps",
  "generations",
  "vllm",
  "sleep",
  "teacher",
  "teacherdtype",
  "embed",
  "theme",
  "only",
  "hide",
  "lock",
] as const;
