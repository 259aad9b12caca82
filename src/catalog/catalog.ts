import type { GpuDetails, GpuFacts } from "./gpu-row.ts";
import type { ModelDetails, ModelFacts } from "./model-row.ts";

/** Models and GPUs by id. The first screen has about a dozen of each; the rest, and the details of these, are loaded when somebody looks for it. */
export type Catalog = Readonly<{
  models: Readonly<Record<string, ModelFacts & Partial<ModelDetails>>>;
  gpus: Readonly<Record<string, GpuFacts & Partial<GpuDetails>>>;
  /** False while only the popular rows are here. */
  complete: boolean;
}>;
