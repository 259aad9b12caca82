import type { ModellingId } from "#calc/model/scenario.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Family } from "./family.ts";
import type { ModelType } from "./model-type.ts";

/** The code of a model type: its family's parameters, its forward pass, and what else is known of it. */
export type Modelling = Readonly<{ family: Family; forward: Forward; type: ModelType }>;

/** What other modelling code makes of the forward pass of transformers 5. */
export type OtherModelling = (modelling: Modelling) => Forward;

/** Other modelling code: older versions of transformers, other libraries. */
export type OtherModellings = Readonly<Partial<Record<ModellingId, OtherModelling>>>;
