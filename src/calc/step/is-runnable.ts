import type { Architecture } from "#calc/model/architecture.ts";
import { baseTensors } from "#calc/parameters/base-tensors.ts";
import { compileStep } from "./compile-step.ts";
import type { Workings } from "./workings.ts";

/**
 * Whether the modelling code of its type can run an architecture: fields read one by one can still make no model together, such as a hybrid whose
 * list of layers has another length, or a mixture of experts without a number of experts, whose sizes would be no numbers; or heads of Mamba without
 * their number, whose weights would be empty.
 */
export const isRunnable = (workings: Workings, architecture: Architecture): boolean => {
  try {
    const layout = workings.families.layoutOf(architecture);
    const isFull = baseTensors(layout).every(({ elements }) => elements > 0 && elements < Infinity);
    const { sizes } = compileStep(workings, {
      architecture,
      modelling: "transformers",
      objective: "sft",
      method: { kind: "full" },
      weights: "bf16",
      adapters: "bf16",
      autocast: null,
      gradient_checkpointing: false,
      checkpointsOffloaded: false,
      gradient_accumulation_steps: 1,
      attn_implementation: "eager",
      loss: { kind: "full", transformers: "5", outputsKept: false },
      singleRow: false,
      singleChunk: false,
      paddedChunk: false,
      gradientShare: 1,
      updatesInBackward: null,
      fakeTensors: false,
      ranks: null,
    });
    return isFull && sizes.factors.every(Number.isFinite);
  } catch {
    return false;
  }
};
