import type { Architecture } from "#calc/model/architecture.ts";
import type { ObjectiveId, ReferenceModel } from "#calc/model/objective.ts";
import type { Lora, Scenario } from "#calc/model/scenario.ts";

/** What one moment of the second step holds at its end and at its highest. */
export type ReferenceMoment = Readonly<{ moment: string; live_bytes: number; peak_bytes: number }>;

/** The settings of a run, by their upstream names; a key that is absent does not apply. */
export type ReferenceSettings = Readonly<{
  id: string;
  model: string;
  model_type?: string;
  /** The version that ran, where it was not 5. */
  transformers?: string;
  /** Instead of the catalog's, with fields as in `calc/model/architecture.ts`. */
  architecture?: Architecture;
  num_hidden_layers: number;
  /** Absent where the run left it to its config class. */
  partial_rotary_factor?: number;
  method: "full" | "lora" | "qlora";
  micro_batch_size: number;
  sequence_length: number;
  /** Whether rows of the batch differ in length (`lengths`): shorter ones are padded to `sequence_length`. */
  padded?: boolean;
  /** Whether layers with a window had their mask where rows reach it; rows that were made before it was counted went without. */
  windows?: boolean;
  /** Tokens of each row of the batch, where they are told apart. */
  lengths?: readonly number[];
  /** What TRL's trainer trained for; absent: the loss of transformers, without a trainer. */
  objective?: ObjectiveId;
  /** The version of TRL whose trainer ran. */
  trl_version?: string;
  /** Whether TRL's head had Triton's kernels; absent: in a step it had, in an evaluation not. */
  triton?: boolean;
  /** What a preference objective was held against. */
  ref?: ReferenceModel | "none";
  /** Tokens that the loss scored; absent: those that the rows above and below say. */
  scored_tokens?: number;
  /** Tokens of the prompt and of the completion of each row, where these are padded apart. */
  completions?: readonly (readonly [prompt: number, completion: number])[];
  /** Tokens of the prompt, of the chosen and of the rejected completion, pair by pair; of whole rows, where the trainer asks for no prompt (rewards). */
  pairs?: readonly (
    | readonly [prompt: number, chosen: number, rejected: number]
    | readonly [chosen: number, rejected: number]
  )[];
  /** Tokens of the prompt and of the completion, row by row, and whether it is wanted. */
  examples?: readonly (readonly [prompt: number, completion: number, wanted: number])[];
  /** TRL's loss, where it is not the objective's own. */
  loss_type?: "apo_zero_unpaired";
  /** The model that another is distilled from, its layers, and what it is loaded as. */
  teacher?: string;
  teacher_layers?: number;
  teacher_dtype?: "bfloat16" | "float16" | "float32";
  gradient_accumulation_steps?: number;
  gradient_checkpointing: boolean;
  /** torchtitan's policy by operation, or every how many layers one is checkpointed; absent: all, whole. */
  selective_checkpointing?: "op" | number;
  /** Whether checkpoints are reentrant; absent: not. */
  reentrant?: boolean;
  /** Kernels in place of modules: Liger's, those that Axolotl has for adapters. */
  kernels?: readonly ("liger" | "lora")[];
  /** Whether what backward needs is in host memory until then. */
  activation_offloading?: boolean;
  /** Whether autocast runs; in bf16 unless `autocast_dtype` says otherwise. */
  autocast_bf16: boolean;
  autocast_dtype?: "float16";
  weight_dtype: "bfloat16" | "float16" | "float32";
  attn_implementation: "sdpa" | "math" | "eager";
  optim?: string;
  r?: number;
  target_modules?: readonly string[] | "all-linear";
  lora_dropout?: number;
  adapter_dtype?: "bfloat16" | "float32";
  use_dora?: boolean;
  /** PEFT's tuner; absent: LoRA. Its dropout is `lora_dropout`. */
  tuner?: Lora["tuner"];
  modules_to_save?: readonly string[];
  bnb_4bit_use_double_quant?: boolean;
  /** Modules that the quantised checkpoint leaves in 16 bits. */
  llm_int8_skip_modules?: readonly string[];
  kbit_preparation?: "fp32" | "trl" | "none";
  /** Who keeps fused experts of a quantised base: nobody, bitsandbytes' `parametrize`, or Unsloth, which makes them again in backward. */
  experts?: "16bit" | "parametrize" | "rebuild";
  /** Whose forward runs fused experts, and how it routes tokens to them; absent: that of transformers, but for the products of `rebuild`. */
  library?: "unsloth";
  /** Whether both stacks of experts are adapted, named by `target_parameters`. */
  expert_adapters?: boolean;
  /** Of runs of one of several ranks. */
  num_gpus?: number;
  shard?: Exclude<Scenario["sharding"], "none">;
  reshard_after_forward?: boolean;
  /** What FSDP 2 gathers parameters in; absent: 16 bits. */
  param_dtype?: "bfloat16" | "float32";
  reduce_dtype?: "bfloat16" | "float32";
  reduces_each_micro_step?: boolean;
  /** Of DeepSpeed's stage 3, `stage3_max_live_parameters`. */
  max_live_parameters?: number;
  /** Of runs of one of several ranks that divide the model. */
  tensor_parallel?: number;
  sequence_parallel?: boolean;
  loss_parallel?: boolean;
  context_parallel?: number;
  ulysses?: number;
  pipeline_parallel?: number;
  /** Ranks that share out experts; `num_gpus` are those that have the same part of all else. */
  expert_parallel?: number;
  /** From 0. */
  stage?: number;
  /** Whose wrapping: accelerate's of what stands outside the layers, or of FSDP1 by layers alone; absent: one root unit, and with PEFT one of each adapter. */
  units?: "accelerate" | "layers";
}>;

/** A run of the real modelling code on fake tensors. */
export type ReferenceRow = ReferenceSettings &
  Readonly<{
    expected: Readonly<{
      /** Of newer rows. */
      params?: number;
      trainable_params?: number;
      static_bytes: number;
      peak_bytes: number;
      step: readonly ReferenceMoment[];
      /** Of newer rows: the first step, before there are optimizer states. */
      first_step?: readonly ReferenceMoment[];
      /** Of rows with `activation_offloading`. */
      host_peak_bytes?: number;
    }>;
  }>;

/** The same in short, as older golden files have it: the last micro step only. */
export type ShortRow = Omit<ReferenceRow, "expected"> &
  Readonly<{ staticBytes: number; peakBytes: number; step: Readonly<Record<string, readonly [number, number]>> }>;
