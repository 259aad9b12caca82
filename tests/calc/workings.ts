import { createFamilies, type Families } from "#calc/families/families.ts";
import { createWorkings } from "#calc/step/create-workings.ts";
import type { Workings } from "#calc/step/workings.ts";
import { EVERYTHING } from "#calc/everything.ts";

const { modellings, strategies, ...code } = EVERYTHING;

/** Every family, with what other libraries make of it. */
export const FAMILIES: Families = createFamilies(code.families, modellings);

/** The insides of an engine that knows everything, for tests of a part of it. */
export const WORKINGS: Workings = createWorkings({ ...code, families: FAMILIES }, strategies);
