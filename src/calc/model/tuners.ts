// Tuners of PEFT: what each allows, the tensors that it adds to a matrix, and how libraries adapt fused experts.

import type { Lora, Method, TUNERS, ModellingId } from "./scenario.ts";
import type { ParameterFormat } from "#calc/base/dtypes.ts";

/** Ways of training few parameters beside a frozen model, by what PEFT calls them; DoRA is LoRA's `use_dora`. */
export type TunerId = (typeof TUNERS)[number] | "dora";

/** Tuners that PEFT has beside a base of 16 or 32 bits alone. */
const UNQUANTIZED: ReadonlySet<string> = new Set<TunerId>(["loha", "lokr", "vblora"]);

/** Whether PEFT has a tuner beside such a base alone. */
export const isUnquantized = (tuner: TunerId): boolean => UNQUANTIZED.has(tuner);

/** Tuners without a dropout of an adapter's input. */
const WITHOUT_DROPOUT: ReadonlySet<string> = new Set<TunerId>(["ia3", "loha", "lokr", "oft", "prompt_tuning"]);

/** Whether a tuner drops entries of its input. */
export const hasDropout = (tuner: TunerId): boolean => !WITHOUT_DROPOUT.has(tuner);

/** The tuner of a method; null where the model itself is trained. */
export const tunerIdOf = (method: Method): TunerId | null => {
  if (method.kind === "full") return null;
  const { tuner = "lora", use_dora } = method.lora;
  return tuner === "lora" && use_dora ? "dora" : tuner;
};

/** Whether it trains inputs of the model, and nothing beside its matrices. */
export const learnsPrompt = ({ tuner }: Pick<Lora, "tuner">): boolean => tuner === "prompt_tuning";

/** Positions that a method has before those of the batch: virtual tokens of prompt tuning, whose `num_virtual_tokens` is the rank. */
export const virtualTokensOf = (method: Method): number =>
  method.kind !== "full" && learnsPrompt(method.lora) ? method.lora.r : 0;

/** What a tuner may stand beside: a linear, an embedding, or experts in one parameter. `path`: of that in the modelling code. */
export type Matrix = Readonly<{
  kind: "linear" | "embedding" | "experts";
  path: string;
  in_features: number;
  out_features: number;
}>;

/** A tensor that a tuner puts beside a matrix, by PEFT's name. */
export type TunerTensor = Readonly<{
  name: string;
  shape: readonly number[];
  /** One for all matrices of the model, as large in each dimension as the largest matrix needs: a buffer that nobody trains, or a parameter. */
  shared?: "frozen" | "trained";
  /** Of its own matrix, and nobody trains it: kept as adapters are, without gradient and states. */
  frozen?: boolean;
}>;

/**
 * What a tuner puts beside a matrix, of the rank that `config` has; nothing where it leaves such a matrix alone. `base`: what the matrix is kept in; null
 * where it is quantised.
 */
export type TunerTensors = (matrix: Matrix, config: Lora, base: ParameterFormat | null) => readonly TunerTensor[];

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
type ExpertAdapters = "peft" | "unsloth" | "linears";

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
