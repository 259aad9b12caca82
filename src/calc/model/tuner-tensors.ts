import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { Lora } from "./scenario.ts";

/** What a tuner may stand beside: a linear, an embedding, or experts in one parameter. `path`: of that in the modelling code. */
export type Matrix = Readonly<{
  kind: "linear" | "embedding" | "experts";
  path: string;
  in_features: number;
  out_features: number;
}>;

/** A tensor that a tuner puts beside a matrix, by PEFT's name. */
export type TunerTensor = Readonly<{
  name: string;
  shape: readonly number[];
  /** One for all matrices of the model, as large in each dimension as the largest matrix needs: a buffer that nobody trains, or a parameter. */
  shared?: "frozen" | "trained";
  /** Of its own matrix, and nobody trains it: kept as adapters are, without gradient and states. */
  frozen?: boolean;
}>;

/**
 * What a tuner puts beside a matrix, of the rank that `config` has; nothing where it leaves such a matrix alone. `base`: what the matrix is kept in; null
 * where it is quantised.
 */
export type TunerTensors = (matrix: Matrix, config: Lora, base: ParameterFormat | null) => readonly TunerTensor[];
