import type { Architecture } from "#calc/model/architecture.ts";
import { baseTensors } from "#calc/parameters/base-tensors.ts";
import { compileStep } from "./compile-step.ts";
import type { Workings } from "./workings.ts";

/**
 * Whether the modelling code of its type can run an architecture. Fields that are each valid may still make no model together: a hybrid whose list of
 * layers has another length, a mixture of experts without a number of experts (its sizes are NaN), Mamba without a number of heads (its weights are empty),
 * or one of more parameters than can be counted.
 */
export const isRunnable = (workings: Workings, architecture: Architecture): boolean => {
  try {
    const layout = workings.families.layoutOf(architecture);
    const tensors = baseTensors(layout);
    const parameters = tensors.reduce((sum, { elements, count }) => sum + elements * count, 0);
    const isFull = tensors.every(({ elements }) => elements > 0) && Number.isSafeInteger(parameters);
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
