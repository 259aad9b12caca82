import type { ModelLayout } from "#calc/model/layout.ts";
import type { Lora } from "#calc/model/scenario.ts";
import type { TunerTensors } from "#calc/model/tuner-tensors.ts";
import { countElements } from "./count-elements.ts";
import { planParameters } from "./plan.ts";

/** What is trained beside a frozen base, as PEFT's `print_trainable_parameters` counts it: a tuner's own tensors, and copies of `modules_to_save` whole. */
export const countLoraParameters = (layout: ModelLayout, lora: Lora, tunerTensors: TunerTensors | null): number =>
  countElements(
    planParameters({ layout, keeping: { method: { kind: "lora", lora }, weights: "bf16" }, tunerTensors }).adapters,
  );
