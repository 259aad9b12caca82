import type { FormulaInput } from "#calc/base/formula/formula.ts";
import { config, counted, setting } from "#calc/base/formula/inputs.ts";
import type { AllocatedTermId } from "#calc/model/term.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { wholeArchitecture } from "#calc/model/part-of-model.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** Names a width: how many elements tensors of a term have at each position, or whatever else they grow with. */
export type NameWidth = (term: AllocatedTermId, width: number) => FormulaInput;

/** The widths that a model's tensors have, the commonest first: of two that are equal a tensor most likely has that one. */
const widthsOf = (architecture: Architecture, method: Scenario["method"]): readonly FormulaInput[] => {
  const { hidden_size, intermediate_size, moe_intermediate_size, head_dim, vocab_size } = architecture;
  const { num_attention_heads: heads, num_key_value_heads: pairs, num_experts_per_tok } = architecture;
  const chosen = num_experts_per_tok ?? 0;
  const expert = moe_intermediate_size ?? 0;
  const dense = intermediate_size ?? 0;
  return [
    config("hidden size", hidden_size, "hidden_size"),
    config("MLP size", dense, "intermediate_size"),
    config("gate and up", 2 * dense, "2 × intermediate_size"),
    config("query size", heads * head_dim, "num_attention_heads × head_dim"),
    config("key size", pairs * head_dim, "num_key_value_heads × head_dim"),
    config("query, key and value size", (heads + 2 * pairs) * head_dim, "num_attention_heads, num_key_value_heads"),
    config("heads", heads, "num_attention_heads"),
    config("experts’ hidden size", chosen * hidden_size, "num_experts_per_tok × hidden_size"),
    config("experts’ MLP size", chosen * expert, "num_experts_per_tok × moe_intermediate_size"),
    config("experts’ gate and up", 2 * chosen * expert, "2 × num_experts_per_tok × moe_intermediate_size"),
    config("vocabulary", vocab_size, "vocab_size"),
    ...(method.kind === "full" ? [] : [setting("rank", method.lora.r, "r")]),
    config("head size", head_dim, "head_dim"),
  ];
};

/**
 * Names widths after the fields of config.json that they are made of; `width` where they are none. A logit is one of the vocabulary, whatever else is as wide.
 * Where ranks divide a model, tensors are as wide as a rank's part of it, or, once gathered, as the whole.
 */
export const nameWidths = ({ architecture, method }: Pick<Scenario, "architecture" | "method">): NameWidth => {
  const whole = wholeArchitecture(architecture);
  const widths = [...widthsOf(architecture, method), ...(whole === architecture ? [] : widthsOf(whole, method))];
  const logits = widths.filter(({ key }) => key === "vocab_size");
  return (term, width) =>
    [...(term === "logits" ? logits : []), ...widths].find(({ value }) => value === width) ?? counted("width", width);
};
