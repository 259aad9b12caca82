import type { Architecture } from "#calc/architecture.ts";
import { compileStep } from "./compile-step.ts";

/**
 * Whether the modelling code of its type can run an architecture: fields read one by one can still make no model together, such as a hybrid whose
 * list of layers has another length, or a mixture of experts without a number of experts, whose sizes would be no numbers.
 */
export const isRunnable = (architecture: Architecture): boolean => {
  try {
    const { ledger } = compileStep({
      architecture,
      modelling: "transformers",
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
      gradientShare: 1,
      updatesInBackward: null,
      fakeTensors: false,
      ranks: null,
    });
    return ledger.factors.every(Number.isFinite);
  } catch {
    return false;
  }
};
