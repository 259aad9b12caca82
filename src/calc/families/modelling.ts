import type { ModellingId } from "#calc/model/scenario.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Family } from "./family.ts";

/** The code of a model type: its parameters, and its forward pass. */
export type Modelling = Readonly<{ family: Family; forward: Forward }>;

/** The code of every model type that is known; of one that nobody knows, that of `unknown`. */
export type ModellingsByType = Readonly<Record<string, Modelling>>;

/** What other modelling code makes of the forward pass of transformers 5. */
export type OtherModelling = (forward: Forward, model_type: string) => Forward;

/** Other modelling code: older versions of transformers, other libraries. */
export type OtherModellings = Readonly<Partial<Record<ModellingId, OtherModelling>>>;
