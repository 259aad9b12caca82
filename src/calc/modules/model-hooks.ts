import type { RankHooks } from "#calc/tape/tape.ts";
import type { Forward } from "./forward.ts";

/** What one of several ranks does around tensors, and what it makes of the whole model's forward pass: a stage of a pipeline runs a part of it. */
export type ModelHooks = RankHooks & Readonly<{ forward?: (whole: Forward) => Forward }>;
