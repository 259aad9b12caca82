import { allocated } from "#calc/allocation.ts";
import { type Amount, NOTHING, plus, product, times } from "#calc/formula/amount.ts";
import { config, constant, counted, setting } from "#calc/formula/inputs.ts";
import type { FormulaInput } from "#calc/memory-estimate.ts";
import type { Scenario } from "#calc/scenario.ts";
import type { LayerShape } from "./layer-shape.ts";

/** Bytes for each token, as coefficients of the widths they grow with. */
export type Profile = Readonly<{
  hidden?: number;
  query?: number;
  keyValue?: number;
  intermediate?: number;
  expertWidth?: number;
  mixer?: number;
  /** Of r: one for each adapted module. */
  rank?: number;
  /** Of heads × sequence length: attention probabilities. */
  scores?: number;
  fixed?: number;
}>;

const WIDTHS = [
  "hidden",
  "query",
  "keyValue",
  "intermediate",
  "expertWidth",
  "mixer",
  "rank",
  "scores",
  "fixed",
] as const;
type WidthName = (typeof WIDTHS)[number];

/** Adds profiles, coefficient by coefficient. */
export const combine = (...profiles: readonly Profile[]): Profile => {
  const total: Partial<Record<WidthName, number>> = {};
  for (const profile of profiles)
    for (const width of WIDTHS) {
      const coefficient = profile[width];
      if (coefficient !== undefined && coefficient !== 0) total[width] = (total[width] ?? 0) + coefficient;
    }
  return total;
};

/** A profile several times. */
export const scaled = (profile: Profile, factor: number): Profile => {
  const total: Partial<Record<WidthName, number>> = {};
  for (const width of WIDTHS) total[width] = (profile[width] ?? 0) * factor;
  return total;
};

/** Takes one profile from another; what would be negative is nothing. */
export const without = (profile: Profile, less: Profile): Profile => {
  const rest: Partial<Record<WidthName, number>> = {};
  for (const width of WIDTHS) {
    const coefficient = (profile[width] ?? 0) - (less[width] ?? 0);
    if (coefficient > 0) rest[width] = coefficient;
  }
  return rest;
};

/** The same coefficient on the width of an input. */
export const on = (width: WidthName, coefficient: number): Profile => ({ [width]: coefficient });

/** What the widths are worth in one layer of one scenario. */
export type Widths = Readonly<Record<WidthName, FormulaInput>>;

/** Widths of a kind of layer, named for the page. */
export const widthsOf = (scenario: Scenario, shape: LayerShape): Widths => ({
  hidden: config("hidden_size", shape.hidden),
  query: config("num_attention_heads × head_dim", shape.query),
  keyValue: config("2 × num_key_value_heads × head_dim", shape.keyValue),
  intermediate: config("intermediate_size", shape.intermediate),
  expertWidth: config("num_experts_per_tok × moe_intermediate_size", shape.expertWidth),
  mixer: counted("widths of the mixer's projections", shape.mixer),
  rank: setting("r", scenario.method.kind === "full" ? 0 : scenario.method.lora.r),
  scores: counted("num_attention_heads × sequence_length", shape.heads * scenario.sequence_length),
  fixed: constant("fixed bytes", 1),
});

const termOf = (width: WidthName, coefficient: number, widths: Widths): Amount => {
  const input = widths[width];
  if (coefficient === 0 || input.value === 0) return NOTHING;
  const bytes = coefficient * input.value;
  return width === "fixed"
    ? { bytes, formula: [constant("bytes", coefficient)] }
    : { bytes, formula: product(input, constant("bytes", coefficient)) };
};

/** A profile over all tokens of one micro batch: b × s × (h × … + f × … + …), rounded up to a block. */
export const overTokens = (profile: Profile, widths: Widths, scenario: Scenario): Amount => {
  const perToken = plus(...WIDTHS.map((width) => termOf(width, profile[width] ?? 0, widths)));
  if (perToken.bytes === 0) return NOTHING;
  const rows = times(setting("sequence_length", scenario.sequence_length), perToken);
  const all = times(setting("micro_batch_size", scenario.micro_batch_size), rows);
  return { bytes: allocated(all.bytes), formula: all.formula };
};
