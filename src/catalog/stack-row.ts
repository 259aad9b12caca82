// Fields of a training library's row: the defaults that a user can see and override.

import type { Dtype, ParameterFormat } from "#calc/base/dtypes.ts";
import type { TrainerId } from "#calc/model/objective.ts";
import type {
  KbitPreparation,
  LossPath,
  ModellingId,
  OptimizerId,
  Quantization,
  QuantizedExperts,
  Scenario,
  SelectiveCheckpointing,
  Sharding,
} from "#calc/model/scenario.ts";

/** The loss paths of a link's `loss` key; `parallel`: the full one, of logits that stay divided where ranks divide matrices (`loss_parallel`). */
export type LossChoice = "full" | "parallel" | "inplace" | "chunked" | "fused";

/** What makes a library turn round whether checkpoints are reentrant. */
export type ReentrantTurned = Readonly<{
  shard?: Sharding;
  adapters?: true;
  /** Layers checkpointed by operation. */
  selective?: true;
  model_types?: readonly string[];
}>;

/** What a training library does by default: values for the fields that anyone can see and override. */
export type StackRow = Readonly<{
  name: string;
  accounting: "training-step" | "bytes-per-parameter";
  /** Whose trainer runs objectives other than SFT, where it is none of TRL 1. */
  trainer?: TrainerId;
  /** Whose modelling code runs; absent: that of transformers 5. */
  modelling?: ModellingId;
  weights: ParameterFormat;
  /** Weights of full fine-tuning where the library trains them in another format than it loads a frozen base in; absent: the same. */
  fullWeights?: ParameterFormat;
  /** null: the dtype of the parameter. */
  gradients: ParameterFormat | null;
  optimizerStates: ParameterFormat | null;
  masterWeightBytes: number;
  autocast: boolean;
  /** Adapters on an unquantised and on a quantised base. */
  adapters: Readonly<{ lora: Dtype | number; qlora: Dtype | number }>;
  kbitPreparation: KbitPreparation;
  /** How it stores and reads fused experts of a base in 4 bits; absent: they stay as they are loaded, as bitsandbytes leaves them. */
  experts?: QuantizedExperts;
  /** It asks PEFT for adapters on modules alone, by names that find no fused experts; absent: names mean experts, too, as PEFT converts them. */
  adaptsExperts?: false;
  /** What it packs fused experts in where they are in 4 bits; absent: in what its linears are. */
  expertFormat?: Quantization;
  /** Flat bytes per parameter of a quantised base (the article's 0.5); null: counted. */
  quantizedBytesPerParameter: number | null;
  loss: LossChoice;
  /** What each choice of `loss` means with this library. */
  lossPaths: Readonly<Record<Exclude<LossChoice, "parallel">, LossPath>>;
  /** What it computes in on a card without bf16; absent: fp16. */
  withoutBf16?: "fp32";
  /** Its own kernels are written in Triton. */
  needsTriton?: true;
  attn_implementation: "flash" | "sdpa" | "eager";
  optim: OptimizerId;
  /** Inputs of checkpointed layers go to host memory. */
  checkpointsOffloaded: boolean;
  /** They go there from the second step on: the first one, which takes most, has them all on the GPU. */
  firstStepOnGpu?: true;
  /** Whether checkpoints are reentrant unless someone says otherwise; absent: the library's code has them one way. */
  reentrant?: boolean;
  /** When it has them the other way, whatever is asked: each names conditions that must all hold. */
  reentrantTurned?: readonly ReentrantTurned[];
  /** Kernels that it runs unless someone says otherwise; absent: it has no such setting; `lora` absent: none for adapters. */
  kernels?: Readonly<{ liger: boolean; lora?: boolean }>;
  /** Layers are checkpointed in part; absent: whole. */
  selective?: SelectiveCheckpointing;
  /** How its FSDP runs, where it is not as accelerate's. */
  fsdp?: Scenario["fsdp"];
}>;

/** What a reader wants to know of a stack beside its values. */
export type StackNotes = Readonly<{
  /** Which versions of the library the values hold for. */
  versions: string;
  /** One line for the page: what differs from plain Transformers. */
  summary: string;
  source: readonly Readonly<{ label: string; url: string | null }>[];
}>;

/** Chunks of tokens that torchtune made the custom; Axolotl took the number over. */
const CHUNKS = 8;

/** What the choices of `loss` other than `full` mean unless a library says otherwise: Liger's kernels, eight chunks of tokens. */
export const LOSS_PATHS = {
  inplace: { kind: "inplace" },
  chunked: { kind: "chunked", chunks: CHUNKS },
  fused: { kind: "fused", kernel: "liger" },
} as const satisfies Readonly<Record<string, LossPath>>;

/** A row of a library whose modules are its own: no kernel is put in their place by name. */
export const withoutKernels = ({ kernels: _kernels, ...row }: StackRow): StackRow => row;

/** A row of a library whose loop is its own, too: checkpoints are as it has them. */
export const withoutTrainer = ({ reentrant: _reentrant, ...row }: StackRow): StackRow => withoutKernels(row);
