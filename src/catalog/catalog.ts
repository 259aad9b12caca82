import type { GpuRow } from "./gpu-row.ts";
import type { ModelRow } from "./model-row.ts";

/** Models and GPUs by id. The first screen has about a dozen of each; the rest is loaded when somebody looks for it. */
export type Catalog = Readonly<{
  models: Readonly<Record<string, ModelRow>>;
  gpus: Readonly<Record<string, GpuRow>>;
  /** False while only the popular rows are here. */
  complete: boolean;
}>;
