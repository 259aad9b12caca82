import type { ModelLayout } from "#calc/model/layout.ts";
import type { Lora } from "#calc/model/scenario.ts";
import { adapterTensors } from "./adapter-tensors.ts";
import { countElements } from "./count-elements.ts";

/** Parameters that LoRA trains, as PEFT's `print_trainable_parameters` counts them: r · (in + out) a targeted matrix, copies of `modules_to_save` whole. */
export const countLoraParameters = (layout: ModelLayout, lora: Lora): number =>
  countElements(adapterTensors(layout, lora));
