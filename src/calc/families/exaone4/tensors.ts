import type { Layout } from "#calc/families/family.ts";
import { postNormLayout } from "#calc/families/olmo2/tensors.ts";

/** OLMo 2's modules; norms on queries and keys are over a head. @see transformers 5.24, modeling_exaone4.py */
export const layout: Layout = postNormLayout("head");
