import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";

/** The same choices with a model of another size, interpolated from real ones; of module names those that such a model has. */
export const withSize = (choices: Choices, params: number, catalog: Catalog): Choices => {
  const model = { kind: "size", params } as const;
  const { targets, save } = choices;
  if (typeof targets === "string" && save.length === 0) return { ...choices, model };
  const architecture = chosenArchitecture({ ...choices, model }, catalog);
  const known = typeof targets === "string" ? targets : targets.filter(ENGINE.canTarget(architecture));
  return {
    ...choices,
    model,
    targets: known.length === 0 ? "all-linear" : known,
    save: save.filter(ENGINE.canSave(architecture)),
  };
};
