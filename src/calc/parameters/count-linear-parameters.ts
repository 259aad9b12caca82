import type { Architecture } from "#calc/model/architecture.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import { baseTensors } from "./base-tensors.ts";
import { countElements } from "./count-elements.ts";

/** Weights that bitsandbytes quantises: those of every linear but the head; no biases, no experts fused into 3-D parameters. */
export const countLinearParameters = (architecture: Architecture): number =>
  countElements(baseTensors(layoutOf(architecture)).filter(({ role }) => role === "linear"));
