import type { ModellingId } from "./scenario.ts";

/**
 * How a library finds the matrices of experts that a config means, and how its forward adds their adapters.
 *
 * - `peft`: transformers 5 has fused the experts of a layer. PEFT translates names from before into these parameters, for some types; each name adds its rank,
 *   and no longer means linears. The update is added to the weights.
 * - `unsloth`: Unsloth hands PEFT the parameters themselves (`target_parameters`), which PEFT then does not translate: each has the rank once, and names still
 *   mean linears. The update is added to the products.
 * - `linears`: up to version 4 of transformers most types had a linear for each expert's matrix, which PEFT adapts like any other.
 *
 * @see PEFT 0.21, utils/transformers_weight_conversion.py, `_convert_peft_config_moe`; unsloth 2026.10.9, models/_utils.py, `get_moe_target_parameters`, and
 * import_fixes.py, `_convert_peft_config_moe_unsloth`; transformers 4.48, modeling_qwen2_moe.py, `Qwen2MoeSparseMoeBlock`
 */
export type ExpertAdapters = "peft" | "unsloth" | "linears";

/** LitGPT's and torchtune's own types have no fused experts; what they run of others is the code of transformers 5. */
const OF_MODELLINGS: Readonly<Record<ModellingId, ExpertAdapters>> = {
  transformers: "peft",
  "transformers-4.48": "linears",
  "transformers-4.45": "linears",
  "foak-4.48": "linears",
  "foak-4.45": "linears",
  litgpt: "peft",
  "litgpt-0.4": "peft",
  torchtune: "peft",
  unsloth: "unsloth",
  // They stood on version 4 of transformers.
  "unsloth-2025": "linears",
  "unsloth-2024": "linears",
};

/** Whose way with adapters on experts a library's modelling code has. */
export const expertAdaptersOf = (modelling: ModellingId): ExpertAdapters => OF_MODELLINGS[modelling];

/** Whether modelling code stands on version 4 of transformers. */
export const isOnVersion4 = (modelling: ModellingId): boolean => expertAdaptersOf(modelling) === "linears";
