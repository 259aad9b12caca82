import type { Families } from "./families.ts";
import { given, type TensorPlan } from "./model-type.ts";

/** How the matrices of a type of model are divided over ranks; undefined where they cannot be. */
export const tensorPlan = ({ findModelType }: Families, model_type: string): TensorPlan | undefined =>
  given(findModelType(model_type)?.tensorParallel);
