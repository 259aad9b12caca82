// Defaults of FMS Acceleration, current and with transformers 4.45.

import { type StackRow, withoutKernels } from "#catalog/stack-row.ts";
import { TRL_0_11, TRL_0_13 } from "./trl.ts";

/**
 * SFTTrainer with the kernels of fms-acceleration (norm, rotary embedding and cross entropy of Unsloth, adapters on 4-bit linears in kernels of their
 * own); its own preparation of a quantised base casts nothing.
 */
export const FMS_ACCELERATION: StackRow = {
  ...withoutKernels(TRL_0_13),
  name: "FMS Acceleration",
  modelling: "foak-4.48",
  kbitPreparation: "none",
  needsTriton: true,
  loss: "inplace",
};

/** The same over transformers 4.45. */
export const FMS_ACCELERATION_4_45: StackRow = {
  ...withoutKernels(TRL_0_11),
  name: "FMS Acceleration, Transformers 4.45",
  modelling: "foak-4.45",
  kbitPreparation: "none",
  needsTriton: true,
  loss: "inplace",
};
