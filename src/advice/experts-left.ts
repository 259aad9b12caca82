import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";

/**
 * Weights of fused experts that QLoRA leaves as they are loaded; 0 where there are none, where they are packed, and for other methods.
 *
 * @see https://github.com/bitsandbytes-foundation/bitsandbytes/issues/1849 (bitsandbytes replaces `nn.Linear` alone; transformers 5 fuses experts)
 */
export const expertsLeft = ({ method, architecture }: Scenario): number =>
  method.kind !== "qlora" || method.quantization.kind === "flat" || method.experts !== undefined
    ? 0
    : ENGINE.fusedExperts(architecture).weights;

/** The same in words. */
export const EXPERTS_LEFT = "the experts are not quantised";
