import type { Architecture } from "#calc/architecture.ts";
import { onceForEach } from "#calc/once-for-each.ts";
import { modellingOf } from "./known-families.ts";
import type { ModelLayout } from "./model-layout.ts";

/** All parameters of a model, module by module, as its family's modelling code creates them. */
export const layoutOf = onceForEach((architecture: Architecture): ModelLayout =>
  modellingOf(architecture.model_type).family.layout(architecture),
);
