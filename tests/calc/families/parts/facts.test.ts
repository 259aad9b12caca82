import { describe, expect, test } from "vitest";
import { ALL_FAMILIES } from "#calc/families/all-families.ts";
import { type ModelType, isNone } from "#calc/families/family.ts";
import type { Architecture, ConfigFacts } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

/** The types that checkpoints have, without those that libraries make of them (`litgpt/llama`) and without what stands for types that nobody knows. */
const TYPES: readonly (readonly [model_type: string, ModelType])[] = ALL_FAMILIES.flatMap(({ model_types }) =>
  Object.entries(model_types),
).filter(([model_type]) => !model_type.includes("/") && model_type !== "unknown");

const typesThat = (are: (type: ModelType) => boolean): readonly string[] =>
  TYPES.filter(([, type]) => are(type))
    .map(([model_type]) => model_type)
    .toSorted();

/** Names in one line. */
const named = (names: string): readonly string[] => names.split(" ");

const GEMMA_3N = ["gemma3n", "gemma3n_text"];
const GEMMA_4 = ["gemma4", "gemma4_text", "gemma4_unified", "gemma4_unified_text"];
const HYBRID = ["granitemoehybrid", "lfm2", "nemotron_h"];
const DELTA_NETS = ["qwen3_5", "qwen3_5_moe", "qwen3_5_moe_text", "qwen3_5_text", "qwen3_next"];
const LATENT = ["deepseek_v2", "deepseek_v3", "glm4_moe_lite", "minicpm3"];
const LLAMA_4 = ["llama4", "llama4_text"];
const REMOTE = ["deepseek", "internlm2", "mimo", "minicpm", "phi3small", "qwen"];

describe("Every type can be divided, but for these", () => {
  test("into stages: those whose layers are handed more than hidden states", () => {
    expect(typesThat(({ pipeline }) => pipeline !== true)).toEqual([...GEMMA_3N, ...GEMMA_4]);
  });

  test("by the ring: those with layers that are no attention, or no attention in one kernel", () => {
    expect(typesThat(({ contextParallel }) => contextParallel !== true)).toEqual(
      [...HYBRID, ...DELTA_NETS, "gpt_oss"].toSorted(),
    );
  });

  test("by heads: those with states, with keys and values of other widths, without positions, with attention of their own, or not checked against a run", () => {
    const others = named("bloom falcon gemma2 gpt2 gpt_bigcode gpt_neo gpt_oss helium hunyuan_v1_dense");
    expect(typesThat(({ ulysses }) => ulysses !== true)).toEqual(
      [...others, ...HYBRID, ...DELTA_NETS, ...GEMMA_3N, ...GEMMA_4, ...LATENT, ...LLAMA_4, ...REMOTE].toSorted(),
    );
  });

  test("by matrices: those that transformers has no plan for, or none that was written down", () => {
    const inner = named("gemma3n_text gemma4_text gemma4_unified_text qwen3_5_moe_text qwen3_5_text");
    const others = named("bloom falcon gpt2 gpt_bigcode gpt_neo hunyuan_v1_dense opt stablelm");
    expect(typesThat(({ tensorParallel }) => isNone(tensorParallel))).toEqual(
      [...others, ...inner, ...LLAMA_4, ...REMOTE].toSorted(),
    );
  });
});

test("Torchtune's decoder and Unsloth's layer are Llama's, Mistral's and Qwen 2's", () => {
  const three = ["llama", "mistral", "qwen2"];
  expect(typesThat(({ torchtune }) => torchtune === true)).toEqual(three);
  expect(typesThat(({ unsloth }) => unsloth === true)).toEqual(three);
});

test("a type that was held against no run does not claim to be exact", () => {
  const isUnheld = ({ heldAgainst }: ModelType): boolean => isNone(heldAgainst);
  expect(typesThat(isUnheld).length).toBeGreaterThan(0);
  expect(typesThat((type) => isUnheld(type) && isNone(type.approximation))).toEqual([]);
});

/** Types whose config class, or whose code beside the checkpoints, says so. @see transformers 5.24, `configuration_<model_type>.py` */
const SAID_BY_CONFIG_CLASSES: Readonly<Record<Exclude<keyof ConfigFacts, "fields" | "rule">, readonly string[]>> = {
  tied: [
    ...named("bloom cohere cohere2 ernie4_5 falcon gemma gemma2 gemma3 gemma3_text gpt2 gpt_bigcode gpt_neo lfm2"),
    ...named("minicpm minicpm3 opt phi3small smollm3 starcoder2"),
    ...GEMMA_3N,
    ...GEMMA_4,
  ],
  biasOfQkv: ["glm", "glm4", "glm4_moe", "mimo", "seed_oss"],
  expertsAreIntermediate: [...named("gpt_oss granitemoe granitemoehybrid mixtral olmoe phimoe"), ...LLAMA_4],
  fourfoldMlp: ["bloom", "falcon", "gpt2", "gpt_bigcode", "gpt_neo", "gptj"],
  kindsCount: [...GEMMA_4, ...HYBRID, ...DELTA_NETS],
  kindNames: ["granitemoehybrid", "nemotron_h"],
  ofSomeLayers: GEMMA_4,
  qkNorm: ["cohere", "glm4_moe", ...LLAMA_4, "stablelm"],
};

test.each(Object.entries(SAID_BY_CONFIG_CLASSES))("A config.json need not say %s of these types", (fact, types) => {
  const says = ({ config }: ModelType): boolean => !isNone(config) && Boolean(config[fact as keyof ConfigFacts]);
  expect(typesThat(says)).toEqual(types.toSorted());
});

test("Norms on queries and keys, where a flag asks for them, are of the kind that the code has", () => {
  const kinds = TYPES.flatMap(([model_type, { config }]) =>
    !isNone(config) && config.qkNorm !== undefined ? [[model_type, config.qkNorm.norm]] : [],
  );
  expect(Object.fromEntries(kinds)).toEqual({
    cohere: "ln_per_head_nobias",
    stablelm: "ln_per_head_nobias",
    glm4_moe: "head",
    llama4: "l2",
    llama4_text: "l2",
  });
});

/** Where a model's config.json says something else than its class. */
const SAID_OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  "falcon-40b": ["norms_per_layer"],
  "falcon-180b": ["norms_per_layer"],
  "stablelm-2-12b": ["norms_per_layer"],
  santacoder: ["hidden_act"],
};

const ROWS = Object.entries(FULL_CATALOG.models);
const BY_TYPE = new Map(TYPES);

test.each(ROWS)("%s is as its type's code and config class settle it, but for what its config.json says", (id, row) => {
  const { architecture } = row;
  const config = BY_TYPE.get(architecture.model_type)?.config;
  const fields = config === undefined || isNone(config) ? {} : config.fields;
  const written = new Map<string, unknown>(Object.entries(architecture));
  const others = Object.entries(fields).filter(([field, value]) => written.get(field) !== value);
  expect(others.map(([field]) => field)).toEqual(SAID_OTHERWISE[id] ?? []);
});

/** What the layout does not settle: Falcon's rule reads it from other fields, and Phi-3.5-MoE's config.json says it. */
const READ_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  falcon: ["norms_per_layer"],
  phimoe: ["attention_bias", "attention_out_bias", "lm_head_bias", "qkv_bias"],
};

const ONE_EACH = new Map(ROWS.map(([, { architecture }]) => [architecture.model_type, architecture]));

test.each([...ONE_EACH])(
  "%s has the same parameters where its config does not say what its code settles",
  (type, architecture) => {
    const config = BY_TYPE.get(type)?.config;
    const settled = config === undefined || isNone(config) ? [] : Object.keys(config.fields);
    const bare = Object.fromEntries(
      Object.entries(architecture).filter(
        ([field]) => !settled.includes(field) || READ_ELSEWHERE[type]?.includes(field) === true,
      ),
    );
    expect(
      ENGINE.countParameters({
        ...bare,
        max_position_embeddings: architecture.max_position_embeddings,
      } as Architecture),
    ).toBe(ENGINE.countParameters(architecture));
  },
);

test.each([
  ["gemma-3n-e2b", ["altup_num_inputs", "laurel_rank"]],
  ["llama-4-scout", ["interleave_moe_layer_step"]],
] as const)("%s has the same parameters where its config leaves %j to its class", (id, fields) => {
  const architecture = ROWS.find(([row]) => row === id)?.[1].architecture;
  if (architecture === undefined) throw new Error(`the catalog has ${id}`);
  for (const field of fields) {
    expect(architecture).toHaveProperty(field);
    const { [field]: _, ...bare } = architecture;
    expect(ENGINE.countParameters(bare)).toBe(ENGINE.countParameters(architecture));
  }
});

describe("Falcon's config", () => {
  const falcon = BY_TYPE.get("falcon")?.config;
  const rule = falcon === undefined || isNone(falcon) ? undefined : falcon.rule;
  test.each<readonly [what: string, written: Readonly<Record<string, unknown>>, norms: number | undefined]>([
    ["the first decoder has one norm before both branches", {}, 1],
    ["and two where they do not run side by side", { parallel_attn: false }, 2],
    ["the new one has two", { new_decoder_architecture: true }, 2],
    ["or one, where it says so", { new_decoder_architecture: true, num_ln_in_parallel_attn: 1 }, 1],
  ])("%s", (_, written, norms) => {
    expect(rule?.((name) => written[name], { num_attention_heads: 8 }).norms_per_layer).toBe(norms);
  });
});
