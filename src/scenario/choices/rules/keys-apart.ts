import type { ChoiceKey } from "#scenario/keys/choices.ts";
import { OBJECTIVE_TRAITS, type ObjectiveId } from "#calc/model/objective.ts";
import { APARTS } from "#scenario/keys/aparts.ts";
import type { Apart } from "#scenario/keys/key.ts";

const isSft = (objective: ObjectiveId): boolean => objective === "sft";
const isGrpo = (objective: ObjectiveId): boolean => OBJECTIVE_TRAITS[objective].reference === "with-beta";

/** The objectives that keys go with. */
const GO_WITH: Readonly<Record<Apart, (objective: ObjectiveId) => boolean>> = {
  "of-sft": isSft,
  offloads: isSft,
  divides: isSft,
  evaluates: isSft,
  "of-completions": (objective) => !isSft(objective),
  "of-reference": (objective) => OBJECTIVE_TRAITS[objective].reference !== "never",
  "of-grpo": isGrpo,
  "of-kto": (objective) => OBJECTIVE_TRAITS[objective].mismatches === true,
  "of-teacher": (objective) => OBJECTIVE_TRAITS[objective].hasTeacher === true,
};

/** The keys that say nothing with an objective, and why. */
export const keysApart = (objective: ObjectiveId): ReadonlyMap<ChoiceKey, Apart> =>
  new Map(APARTS.filter(([, apart]) => !GO_WITH[apart](objective)));
