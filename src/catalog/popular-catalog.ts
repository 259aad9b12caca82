import type { Catalog } from "./catalog.ts";
import { POPULAR_GPUS } from "./gpus/popular.ts";
import { POPULAR_MODELS } from "./models/popular.ts";

/** What the first screen needs at once: the best known models and GPUs, in the order in which a list without a query shows them. */
export const POPULAR_CATALOG: Catalog = { models: POPULAR_MODELS, gpus: POPULAR_GPUS, complete: false };
