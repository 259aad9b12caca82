import type { ModelLayout } from "#calc/model/layout.ts";
import { baseTensors } from "./base-tensors.ts";
import { countElements } from "./count-elements.ts";

/** Parameters of the base model, as `sum(p.numel() for p in model.parameters())` counts them: buffers not, tied weights once. */
export const countParameters = (layout: ModelLayout): number => countElements(baseTensors(layout));
