import type { StepInput } from "./holdings.ts";

/** How many layers of each kind the model has. */
export const layersOf =
  ({ layout }: Pick<StepInput, "layout">) =>
  (kind: string): number =>
    layout.layers.find((layer) => layer.kind === kind)?.count ?? 1;
