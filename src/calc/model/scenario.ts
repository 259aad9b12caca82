// Scenario: every setting that decides the memory of one training run, and the values that settings can have.

import type { Architecture } from "./architecture.ts";
import type { ObjectiveId, ReferenceModel, TrainerId } from "./objective.ts";
import type { Bytes } from "#calc/base/bytes.ts";
import type { ParameterFormat } from "#calc/base/dtypes.ts";

/** The three ways of fine-tuning that are compared, in the order they are always shown. */
export const METHODS = ["full", "lora", "qlora"] as const;
export type MethodId = (typeof METHODS)[number];

/** PEFT's tuners, by its own names; DoRA is LoRA's `use_dora`. */
export const TUNERS = [
  "lora",
  "vera",
  "ia3",
  "lorafa",
  "loha",
  "lokr",
  "oft",
  "vblora",
  "adalora",
  "prompt_tuning",
] as const;

/** PEFT's `LoraConfig`, or the config of the tuner in its place, as far as memory depends on it. */
export type Lora = Readonly<{
  /** Absent: LoRA. */
  tuner?: (typeof TUNERS)[number];
  r: number;
  lora_alpha: number;
  lora_dropout: number;
  /** Module names, or every linear but the head. */
  target_modules: readonly string[] | "all-linear";
  use_dora: boolean;
  /** Modules copied whole and trained beside the adapters. */
  modules_to_save: readonly string[];
  /**
   * Parameters outside linears that are adapted, by the end of their names: fused experts (`mlp.experts.gate_up_proj`). Absent: those that
   * `target_modules` means. Empty: none, and all names mean modules.
   */
  target_parameters?: readonly string[];
  /** How adapter weights are kept. */
  adapters: ParameterFormat;
}>;

/** How the frozen base is stored. */
export type Quantization = Readonly<
  | { kind: "bnb-4bit"; bnb_4bit_quant_type: "nf4" | "fp4"; bnb_4bit_use_double_quant: boolean }
  | { kind: "bnb-8bit" }
  | { kind: "gptq" }
  /** OCP's MXFP4, as gpt-oss is published: of fused experts alone. */
  | { kind: "mxfp4" }
  /** A flat number of bytes for each base parameter: the article's 0.5. */
  | { kind: "flat"; bytesPerParameter: number }
>;

/**
 * What `prepare_model_for_kbit_training`, TRL or nobody does to the parameters that stay 16-bit. `trl` casts adapters to bf16 as well, `trl-0.11` (and
 * later 0.x) leaves them as PEFT made them.
 */
export type KbitPreparation = "fp32" | "trl" | "trl-0.11" | "axolotl" | "none";

/**
 * How fused experts are stored that are not left as they are loaded, and for how long their 16-bit weights live. `saved`: a read of the parameter dequantises
 * all experts, and autograd saves that (bitsandbytes' `parametrize`). `rebuilt`: made for each product, and again in backward (Unsloth). `own`: what 4 bits are
 * where they are not as those of the linears.
 */
export type QuantizedExperts = Readonly<{
  stored: "4bit" | "8bit" | "mxfp4";
  read: "saved" | "rebuilt";
  own?: Quantization;
}>;

export type Method = Readonly<
  | { kind: "full" }
  /** `experts`: of a base that is published with packed experts. */
  | { kind: "lora"; lora: Lora; experts?: QuantizedExperts }
  /** `experts`: absent where fused experts are left as they are loaded, as bitsandbytes leaves them. */
  | {
      kind: "qlora";
      lora: Lora;
      quantization: Quantization;
      kbitPreparation: KbitPreparation;
      experts?: QuantizedExperts;
    }
>;

/** The path from the last hidden state to the loss: `modules/causal-lm-loss.ts`, `modules/fused-losses.ts`. */
export type LossPath = Readonly<
  /** Logits materialised, upcast and log-softmaxed, as transformers of that version does; `none`: cross entropy in the logits' own type, labels shifted before. */
  | { kind: "full"; transformers: "5" | "4.46" | "4.45" | "none"; outputsKept: boolean; routerLogits?: true }
  /** Gradient written over the logits (Liger cross entropy, Unsloth's fast cross entropy). */
  | { kind: "inplace" }
  /**
   * Logits made a chunk of tokens at a time. torchtune makes them all before the loss, and what backward needs of every chunk waits for it: fp32
   * log-probabilities, or with a compiled loss the 16-bit logits. Unsloth finds out how many chunks from what is free: `calc/step/settled-scenario.ts`.
   */
  | { kind: "chunked"; chunks: number | "by-free-memory"; keeps?: "log-probabilities" | "logits" }
  /**
   * LitGPT's loop: logits of 128 positions at a time, all kept in a list that Fabric copies to fp32 and that lives, with the graph behind it, until
   * the next step's takes its name; nothing is left of a step before where the longest sample is run first (before 2024).
   */
  | { kind: "litgpt"; longestFirst: boolean }
  /** Head and loss in one kernel, logits never whole. `routerLogits`, here and with whole logits: the model is asked for its routers' logits, for the loss that balances experts. */
  | { kind: "fused"; kernel: "liger"; routerLogits?: true }
  /** Apple's cut cross entropy, as Unsloth ran it in 2025: logits live in registers alone. */
  | { kind: "fused"; kernel: "cut"; routerLogits?: true }
  /** TRL's. `withoutTriton`: operations of PyTorch stand for its kernels, and all positions are scored. */
  | { kind: "fused"; kernel: "trl"; routerLogits?: true; withoutTriton?: true }
>;

/** Optimizers, by transformers' names of `optim`; `..._in_backward`: torchtune's `optimizer_in_bwd`, for which transformers has no name. */
export const OPTIMIZERS = [
  "adamw_torch",
  "adamw_torch_fused",
  "adamw_bnb_8bit",
  "paged_adamw_8bit",
  "paged_adamw_32bit",
  "adafactor",
  "lion",
  "sgd",
  "sgd_momentum",
  "galore_adamw",
  "apollo_adamw",
  "muon",
  "adamw_torch_8bit",
  "adamw_torch_4bit",
  "adamw_apex_fused",
  "lomo",
  "adalomo",
  "adamw_in_backward",
  "adamw_bnb_8bit_in_backward",
  "paged_adamw_8bit_in_backward",
  "paged_adamw_32bit_in_backward",
] as const;
export type OptimizerId = (typeof OPTIMIZERS)[number];

export const SHARDINGS = ["none", "ddp", "zero1", "zero2", "zero3", "fsdp1", "fsdp2"] as const;
export type Sharding = (typeof SHARDINGS)[number];
export type Offload = "none" | "optimizer" | "all";

/**
 * What a stage of a pipeline is in: the first micro batch alone; as many waiting as ever do; all with their forward behind them, and the first with its
 * backward.
 */
export type StageState = "first" | "filled" | "draining";

/** Ranks that divide the matrices of one model, with sequence parallelism the hidden states between them too; its sequence; its layers. */
export type Division = Readonly<{
  tp_size: number;
  sequence_parallel: boolean;
  /** Whether the head's columns stay divided for the loss (`loss_parallel`); absent: they are gathered. */
  loss_parallel?: boolean;
  cp_size: number;
  /** Ranks that divide the sequence by sharing out heads (Ulysses: `sp_size` of accelerate); absent: 1. */
  ulysses_size?: number;
  pp_size: number;
  /** Ranks that share out the experts of a layer, each with its own batch; absent: 1, each has all of them. */
  ep_size?: number;
  /** Which stage of the pipeline is asked for, from 0; absent: the one that takes most. */
  stage?: number;
  /** What that stage is in. Absent: whichever takes most. */
  state?: StageState;
}>;

/** Whose modelling code is run, `families/all-modellings.ts`; `transformers`: that of version 5. */
export const MODELLINGS = [
  "transformers",
  "transformers-4.48",
  "transformers-4.45",
  "foak-4.48",
  "foak-4.45",
  "litgpt",
  "litgpt-0.4",
  "torchtune",
  "unsloth",
  "unsloth-2025",
  "unsloth-2024",
] as const;
export type ModellingId = (typeof MODELLINGS)[number];

/**
 * What is checkpointed in part. `op`: every layer keeps the outputs of attention and of every other matrix product (torchtitan's `selective_ac_option`).
 * A number n: of every n layers the last is checkpointed, the others keep all that they save.
 */
export type SelectiveCheckpointing = "op" | number;

/** Everything that decides the memory of one training run on one GPU. Nothing is left to a default. */
export type Scenario = Readonly<{
  architecture: Architecture;
  /** The size the user stated, for a model known only by its size; null when the architecture is counted. Used by the flat accounting alone. */
  statedParameters: number | null;
  /** `training-step`: what PyTorch allocates, moment by moment. `bytes-per-parameter`: a flat rule of thumb, no activations. */
  accounting: "training-step" | "bytes-per-parameter";
  modelling: ModellingId;
  /** What the run trains for: which forwards a micro step has, and the loss. */
  objective: ObjectiveId;
  /** What a preference objective holds the policy against; absent: the objective has none. */
  reference?: ReferenceModel;
  /** Whether a copy in 4 bits has fp32 statistics of its blocks (`bnb_4bit_use_double_quant=False`); absent: they are quantised, too. */
  wholeStatistics?: true;
  method: Method;
  /** What base weights are loaded as; with a quantised base, what stays unquantised. */
  weights: ParameterFormat;
  /** Gradients; null: the parameter's own dtype. */
  gradients: ParameterFormat | null;
  /** A dtype: of each optimizer state. A number: bytes of all states per trained parameter. null: what the optimizer does with the parameter's dtype. */
  optimizerStates: ParameterFormat | null;
  /** fp32 copies of 16-bit trained weights that the optimizer updates (apex, DeepSpeed, Megatron): bytes per trained parameter, 0 or 4. */
  masterWeightBytes: number;
  autocast: boolean;
  /** The loss is scaled for gradients in fp16, by a `GradScaler`. */
  scalesLoss?: true;
  /** Rows of a forward: of preference objectives two for each pair. */
  micro_batch_size: number;
  sequence_length: number;
  /** Tokens of the batch that the loss scores, where it leaves out the others; absent: all that a token before them predicts. */
  scored_tokens?: number;
  /** Tokens that the completion of each row is padded to, where prompts are padded apart; absent: nothing is. */
  completion_length?: number;
  /**
   * Tokens that prompts, chosen and rejected rows are each padded to, where they come to the trainer apart (in TRL 0.24's DPO completions without their prompts);
   * absent: as rows. `scored`: tokens of either that the loss scores; absent: half of all.
   */
  sides?: Readonly<{
    prompt: number;
    chosen: number;
    rejected: number;
    scored?: Readonly<{ chosen: number; rejected: number }>;
  }>;
  /** Tokens that prompts with the completions of other prompts are padded to, where an objective runs them, too (KTO); absent: as rows. */
  mismatched_length?: number;
  /** The model that the trained one is distilled from, and what it is loaded as; absent where an objective has one: the model itself, in fp32. */
  teacher?: Readonly<{ architecture: Architecture; weights: ParameterFormat }>;
  /** Whose trainer runs the objective, where it is none of TRL 1. */
  trainer?: TrainerId;
  /** TRL's loss of the objective, where it is not the one by default: KTO's runs no mismatched completions. */
  loss_type?: "apo_zero_unpaired";
  gradient_accumulation_steps: number;
  gradient_checkpointing: boolean;
  /** Which layers are checkpointed, and what they keep; absent: all, and nothing but their inputs. Means nothing without `gradient_checkpointing`. */
  selective?: SelectiveCheckpointing;
  /** Checkpointed layer inputs go to host memory (Unsloth). */
  checkpointsOffloaded: boolean;
  /** Whatever backward needs goes to host memory, parameters apart: inputs of checkpointed layers, and all that is saved outside of such (TRL). */
  savedTensorsOffloaded?: boolean;
  /** Whether checkpoints are reentrant; absent: as the modelling code has them. */
  reentrant?: boolean;
  /** Kernels in place of modules, where they take the modules: Liger's norms, gated MLPs and rotary embedding; linears with their adapters as one node (Axolotl). */
  kernels?: Readonly<{ liger?: true; lora?: true }>;
  /** `sdpa`: SDPA on a card with a flash kernel; `efficient`: on one that has no flash kernel; `math`: on one that has the math kernel alone. */
  attn_implementation: "flash" | "sdpa" | "efficient" | "math" | "eager";
  /** Rows packed to full length (true) or padded to it with a mask (false). */
  packing: boolean;
  /** For what is reserved alone: no byte that is allocated at the peak follows from it. */
  lengths: RowLengths;
  /** For what is reserved alone, too. */
  allocator: AllocatorChoice;
  loss: LossPath;
  /** What programs can have of the card, less what is in use, for a loss that goes by free memory; absent: as much as it likes. */
  usableBytes?: Bytes;
  optim: OptimizerId;
  gpus: number;
  sharding: Sharding;
  /**
   * How FSDP runs, where it is not as accelerate sets it up: whole parameters let go of after forward, gradients reduced in bf16, with accumulation
   * not before the last micro step (`no_sync`); under FSDP 2 embeddings, and norm and head, units of their own.
   */
  fsdp?: Readonly<{
    reshardsAfterForward: boolean;
    /** In a pipeline nothing is let go of after forward. */
    keepsWholeInPipeline?: true;
    reduce: "fp32" | "bf16";
    reducesEachMicroStep: boolean;
    endsApart: boolean;
    /** Under FSDP 1, adapters are in the flat parameter of their layer, so that all of the layer has gradients (LitGPT); else each is a unit of its own. */
    adaptersInLayers?: true;
    /** Under FSDP 2, shards are kept in the types that the model was loaded in, not in fp32 where they are trained (Axolotl). */
    keepsTypes?: true;
    /** Under FSDP 2, whether precision is mixed: parameters are gathered, and what units are called with is cast, in 16 bits. Absent: it is. */
    castsInputs?: boolean;
    /** Whether scales of 4-bit blocks are divided with the packed weights (torchao's NF4), not whole on every rank (bitsandbytes). */
    scalesSharded?: true;
  }>;
  /** How DeepSpeed runs, where it is not as by default. */
  zero?: Readonly<{ maxLiveParameters: number }>;
  offload: Offload;
  /** How one model is divided over ranks, beside the batch; absent where each has all of it. */
  division?: Division;
}>;

/**
 * How long the rows of the data are, in tokens; none is longer than `sequence_length`. A step is as long as its longest row, so that what is reserved
 * follows from it. What is allocated at the peak does not: that is the longest step's.
 */
export type RowLengths = Readonly<
  /** Every step has a row of full length. */
  | { kind: "fixed" }
  /** Any length from 1 token on is as likely as any other. */
  | { kind: "uniform" }
  /** Log-normal, cut at the full length; `mean` is that of rows before they are cut. */
  | { kind: "lognormal"; mean: number }
>;

export const FIXED_LENGTHS: RowLengths = { kind: "fixed" };

/** What a run sets of PyTorch's caching allocator, under the names of `PYTORCH_CUDA_ALLOC_CONF`. */
export type AllocatorChoice = Readonly<{
  expandable_segments: boolean;
  /** Blocks of so many MiB and more are not split; null: all are. */
  max_split_size_mb: number | null;
}>;

/** What PyTorch does where nothing is set. */
export const DEFAULT_ALLOCATOR: AllocatorChoice = { expandable_segments: false, max_split_size_mb: null };
