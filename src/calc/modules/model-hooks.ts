import type { RankHooks } from "#calc/tape/tape.ts";
import type { Forward } from "./forward.ts";

/**
 * The hooks of one of several ranks. `forward`: turns the forward pass of the whole model into what the rank runs, such as one stage of a
 * pipeline.
 */
export type ModelHooks = RankHooks & Readonly<{ forward?: (whole: Forward) => Forward }>;
