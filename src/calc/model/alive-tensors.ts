import type { Formula } from "#calc/base/formula/formula.ts";
import type { AllocatedTermId } from "#calc/model/term.ts";

/** Tensors that are alive at a point of the step, alike but for their layer. */
export type AliveTensors = Readonly<{
  /** The module of the modelling code that made them (`self_attn.q_proj`), or the parameter's full name. */
  module: string;
  /** The operation that made them: `mm`, `silu`, `mm backward`, `parameter`. */
  op: string;
  /** Batch and length put in; empty for what is no tensor: workspaces, buckets. */
  shape: readonly number[];
  /** As PyTorch or the quantisation calls it: `bf16`, `nf4`; empty for what is no tensor. */
  dtype: string;
  term: AllocatedTermId;
  /** Layers that hold one, each once and in order; −1 for what stands before the layers, their number for what comes after. */
  layers: readonly number[];
  /** How many there are. */
  count: number;
  /** Bytes of all of them. */
  bytes: number;
  /** Gives the bytes, rounding of each tensor to a block apart. */
  formula: Formula;
}>;
