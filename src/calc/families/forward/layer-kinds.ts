import type { LayerLayout } from "#calc/families/model-layout.ts";
import type { StepOptions } from "#calc/step/step-options.ts";

/** The layout of each layer, in order. */
export const layerKinds = ({ layout }: StepOptions): readonly LayerLayout[] =>
  layout.layers.flatMap((layer) => Array.from({ length: layer.count }, () => layer));
