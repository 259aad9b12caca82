import type { ModelLayout } from "#calc/model/layout.ts";
import { baseTensors } from "./base-tensors.ts";
import { countElements } from "./count-elements.ts";

/** Weights that bitsandbytes quantises: those of every linear but the head; no biases, no experts fused into 3-D parameters. */
export const countLinearParameters = (layout: ModelLayout): number =>
  countElements(baseTensors(layout).filter(({ role }) => role === "linear"));
