import type { Architecture } from "#calc/model/architecture.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import { baseTensors } from "./base-tensors.ts";
import { countElements } from "./count-elements.ts";

/** Parameters of the base model, as `sum(p.numel() for p in model.parameters())` counts them: buffers not, tied weights once. */
export const countParameters = (architecture: Architecture): number =>
  countElements(baseTensors(layoutOf(architecture)));
