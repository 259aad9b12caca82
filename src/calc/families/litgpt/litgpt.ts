import type { Family } from "#calc/families/family.ts";
import type { ModelType } from "#calc/families/model-type.ts";
import type { None } from "#calc/families/none.ts";
import { EXACT, NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { litgpt as forward, LITGPT_SHAPES } from "./forward.ts";
import { layout } from "./tensors.ts";

const OWN_CODE: None = { none: "LitGPT's code is its own: what transformers and PyTorch divide is not in it." };
const OWN_STEP: None = { none: "LitGPT runs its own step, and no other library's layer." };

/** Types that were held against a run of LitGPT's own step. */
const HELD = new Set(["llama", "phi3", "gemma", "gemma2", "gpt_neox", "phi", "falcon"]);

/** Names as the families of transformers have them. */
const NAMES = new Map([
  ["llama", "Llama"],
  ["mistral", "Mistral"],
  ["qwen2", "Qwen 2"],
  ["phi3", "Phi 3"],
  ["gemma", "Gemma"],
  ["gemma2", "Gemma 2"],
  ["gpt_neox", "GPT-NeoX"],
  ["stablelm", "StableLM"],
  ["phi", "Phi"],
  ["falcon", "Falcon"],
]);

const modelType = (type: string): ModelType => ({
  name: NAMES.get(type) ?? type,
  forward,
  tensorParallel: OWN_CODE,
  contextParallel: true,
  ulysses: OWN_CODE,
  pipeline: true,
  transformers4: OWN_STEP,
  torchtune: OWN_STEP,
  unsloth: OWN_STEP,
  liger: OWN_STEP,
  config: { none: "Checkpoints have a config.json of transformers, whose type has these facts." },
  heldAgainst: HELD.has(type) ? { runs: ["LitGPT"] } : { none: "No row of LitGPT's own step is of this type." },
  approximation: EXACT,
});

/** LitGPT's one model file, for every type that it knows, in two versions. */
export const litgpt: Family = {
  model_types: Object.fromEntries(
    Object.keys(LITGPT_SHAPES).flatMap((type) =>
      ["litgpt", "litgpt-0.4"].map((library) => [`${library}/${type}`, modelType(type)]),
    ),
  ),
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
