import fc from "fast-check";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { asScenario } from "#scenario/choices/settle.ts";
import { type Choices, MOST_PINNED } from "#scenario/keys/choices.ts";
import { architecture } from "#scenario/keys/codec/architecture.ts";
import { encodePinned, encodeLink } from "#scenario/choices/encode-link.ts";
import { anyChoices } from "./arbitrary-choices.ts";
import { anyLink } from "./arbitrary-links.ts";
import { mutatedArchitecture } from "./mutated-architecture.ts";

/** Modules of all kinds of families; every model has some of them. */
const MODULES = [
  "q_proj k_proj v_proj o_proj gate_proj up_proj down_proj gate_up_proj qkv_proj out_proj in_proj in_proj_qkvz x_proj",
  "q_a_proj q_b_proj kv_a_proj_with_mqa kv_b_proj query_key_value dense wqkv w1 c_attn c_proj c_fc fc1 fc2 gate router",
].flatMap((names) => names.split(" "));
const SAVED = "embed_tokens lm_head norm input_layernorm embed_in wte word_embeddings".split(" ");

/** Sizes such as people have: of `anyChoices`' own most are so large that bytes are no whole numbers any more. */
const usualSizes = fc.record({ batch: fc.integer({ min: 1, max: 32 }), seq: fc.integer({ min: 1, max: 131_072 }) });
const namedModules = fc.record({
  targets: fc.subarray(MODULES, { minLength: 1, maxLength: 8 }),
  save: fc.subarray(SAVED, { maxLength: 2 }),
});

const choices: fc.Arbitrary<Choices> = fc
  .tuple(anyChoices, usualSizes, fc.option(namedModules, { freq: 1 }))
  .map(([any, sizes, modules]) => ({ ...any, ...sizes, ...modules }));

/** Model types that no row of the catalog has, beside the type whose fields they have; one is of nobody. */
const TYPES_LIKE: Readonly<Record<string, readonly string[]>> = {
  llama: ["helium", "qwen", "unheard_of"],
  qwen3: ["hunyuan_v1_dense"],
  gemma3n: ["gemma3n_text"],
  gemma4: ["gemma4_text"],
  gemma4_unified: ["gemma4_unified_text"],
  llama4: ["llama4_text"],
  qwen3_5: ["qwen3_5_text"],
  qwen3_5_moe: ["qwen3_5_moe_text"],
};
const retyped = Object.values(FULL_CATALOG.models).flatMap((row) =>
  (TYPES_LIKE[row.architecture.model_type] ?? []).map((model_type) =>
    architecture.encode({ ...row.architecture, model_type }),
  ),
);
const otherArchitecture = fc
  .oneof(fc.constantFrom(...retyped), mutatedArchitecture)
  .map((text) => `v=1&model=custom&arch=${encodeURIComponent(text)}`);

const isOfModel = (pair: string): boolean => /^(?:v|model|params|arch)=/.test(pair);

/** Some keys of any choices, the model's always: the fewer, the more is left to the stack. */
const partial = choices.chain((all) => {
  const pairs = encodeLink(all).slice(1).split("&");
  const model = pairs.filter(isOfModel).join("&");
  const rest = fc.subarray(pairs.filter((pair) => !isOfModel(pair)));
  const chosen = fc.oneof({ weight: 5, arbitrary: fc.constant(model) }, { weight: 1, arbitrary: otherArchitecture });
  return fc.tuple(chosen, rest).map(([first, others]) => `?${[first, ...others].join("&")}`);
});

const withPinned = fc
  .tuple(choices, fc.array(anyChoices.map(asScenario), { minLength: 1, maxLength: MOST_PINNED }))
  .map(([first, pinned]) => encodeLink(first) + encodePinned(first, pinned));

/** Links over all keys, models and libraries, for holding two engines against each other; a few say little or are broken. */
export const variedLink: fc.Arbitrary<string> = fc.oneof(
  { weight: 16, arbitrary: partial },
  { weight: 1, arbitrary: withPinned },
  { weight: 1, arbitrary: anyLink },
);
