import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { Quantization } from "#calc/model/scenario.ts";
import type { TensorGroup } from "./tensor-group.ts";

/** A parameter of a run, and how the run keeps it once everything is loaded and prepared. */
export type PlannedTensor = TensorGroup &
  Readonly<{
    /** Of the model itself, of a tuner, a whole copy of what `modules_to_save` names, or one that all matrices of a tuner share. */
    origin: "base" | "adapter" | "copy" | "shared";
    trained: boolean;
    /** What it is kept in, unless it is quantised. */
    format: ParameterFormat;
    /** How it is packed; null where it is not. */
    quantization: Quantization | null;
    /** It is trained by its name alone: no gradient comes to it. */
    withoutGradient?: true;
  }>;
