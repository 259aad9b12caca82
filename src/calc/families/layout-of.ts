import type { Architecture } from "#calc/model/architecture.ts";
import { onceForEach } from "#calc/base/once-for-each.ts";
import { modellingOf } from "./known-families.ts";
import type { ModelLayout } from "#calc/model/layout.ts";

const given = new WeakMap<Architecture, ModelLayout>();

/** Says what the layout of an architecture is where it is not what its family makes of it: single matrices of a part are smaller. */
export const giveLayout = (architecture: Architecture, layout: ModelLayout): void =>
  void given.set(architecture, layout);

/** All parameters of a model, module by module, as its family's modelling code creates them. */
export const layoutOf = onceForEach(
  (architecture: Architecture): ModelLayout =>
    given.get(architecture) ?? modellingOf(architecture.model_type).family.layout(architecture),
);
