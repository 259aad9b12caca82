import type { GpuFacts } from "./gpu-row.ts";
import type { ModelFacts } from "./model-row.ts";

/** Models and GPUs by id. The first screen has about a dozen of each; the rest is loaded when somebody looks for it. */
export type Catalog = Readonly<{
  models: Readonly<Record<string, ModelFacts>>;
  gpus: Readonly<Record<string, GpuFacts>>;
  /** False while only the popular rows are here. */
  complete: boolean;
}>;
