import type { TermId } from "./memory-estimate.ts";

/** The part of the total that a storage counts in. */
export type Component = Exclude<TermId, "framework">;

/** In stack order. */
export const COMPONENTS = [
  "weights",
  "adapters",
  "gradients",
  "optimizer",
  "activations",
  "logits",
  "workspace",
] as const satisfies readonly Component[];

/** A value for each component. */
export const perComponent = <Value>(make: (component: Component) => Value): Record<Component, Value> => {
  const values = {} as Record<Component, Value>;
  for (const component of COMPONENTS) values[component] = make(component);
  return values;
};
