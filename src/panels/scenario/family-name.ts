/** Families that people write otherwise than with a capital letter. */
const WRITTEN: Readonly<Record<string, string>> = {
  gpt2: "GPT-2",
  gpt_neo: "GPT-Neo",
  gpt_neox: "GPT-NeoX",
  gptj: "GPT-J",
  gpt_oss: "gpt-oss",
  opt: "OPT",
  bloom: "BLOOM",
  olmo: "OLMo",
  olmo2: "OLMo 2",
  olmo3: "OLMo 3",
  hunyuan_v1_dense: "HunYuan V1",
  internlm2: "InternLM 2",
  stablelm: "StableLM",
  mpt: "MPT",
  glm: "GLM",
  glm4: "GLM 4",
  exaone4: "EXAONE 4",
  smollm3: "SmolLM 3",
};

/** A `model_type` as a family's name in a sentence: "llama" is Llama, "qwen3_moe" Qwen 3 MoE; another library's "litgpt/llama" is Llama too. */
export const familyName = (type: string): string => {
  const model_type = type.slice(type.indexOf("/") + 1);
  const written = WRITTEN[model_type];
  if (written !== undefined) return written;
  const words = model_type
    .replaceAll(/([a-z])(\d)/g, "$1 $2")
    .split("_")
    .map((word) => (word === "moe" ? "MoE" : word));
  const name = words.join(" ");
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
};
