import type { Catalog } from "#catalog/catalog.ts";
import { chosenDivision } from "#scenario/choices/chosen-division.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { settle } from "#scenario/choices/settle.ts";
import type { Knob } from "./knob.ts";

/** Whether GPUs share out experts with the method in focus. */
const sharesExperts = (choices: Choices, catalog: Catalog): boolean =>
  choices.ep > 1 && chosenDivision(choices, chosenArchitecture(choices, catalog))?.ep_size !== undefined;

/** A change beside which experts cannot be shared out gives that up, and says so; any other change as it is. */
export const withoutSharedExperts = (choices: Choices, knob: Knob, catalog: Catalog): Knob => {
  if (!sharesExperts(choices, catalog) || sharesExperts(settle({ ...choices, ...knob.patch }), catalog)) return knob;
  return {
    ...knob,
    title: `${knob.title} without expert parallelism`,
    phrase: `${knob.phrase} without expert parallelism`,
    patch: { ...knob.patch, ep: 1 },
  };
};
