import type { ModellingId } from "#calc/model/scenario.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Family } from "./family.ts";
import type { ModelType } from "./model-type.ts";

/** The code of a model type: its family's parameters, its forward pass, and what else is known of it. */
export type Modelling = Readonly<{ family: Family; forward: Forward; type: ModelType }>;

/** Makes other modelling code from that of transformers 5. */
export type OtherModelling = (modelling: Modelling) => Forward;

/** The modelling code of older versions of transformers and of other libraries, by its name. */
export type OtherModellings = Readonly<Partial<Record<ModellingId, OtherModelling>>>;
