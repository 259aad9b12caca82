import type { Family } from "./family.ts";
import { apertus } from "./apertus.ts";
import { bloom } from "./bloom.ts";
import { cohere } from "./cohere.ts";
import { deepseek, glm4Moe } from "./deepseek.ts";
import { deepseekMoe } from "./deepseek-moe.ts";
import { exaone } from "./exaone.ts";
import { falcon } from "./falcon.ts";
import { gemma2 } from "./gemma2.ts";
import { gemma3n } from "./gemma3n.ts";
import { gemma4 } from "./gemma4.ts";
import { glm } from "./glm.ts";
import { gptj } from "./gpt-j.ts";
import { gptNeo } from "./gpt-neo.ts";
import { gptNeox } from "./gpt-neox.ts";
import { gptOss } from "./gpt-oss.ts";
import { gpt2 } from "./gpt2.ts";
import { graniteMoe } from "./granite-moe.ts";
import { helium } from "./helium.ts";
import { hunyuan } from "./hunyuan.ts";
import { internlm2 } from "./internlm2.ts";
import { lfm2 } from "./lfm2.ts";
import { litgpt } from "./litgpt.ts";
import { llama } from "./llama.ts";
import { llama4 } from "./llama4.ts";
import { mixtral } from "./mixtral.ts";
import { nemotronH } from "./nemotron-h.ts";
import { olderMixtral } from "./older-mixtral.ts";
import { olmo2 } from "./olmo2.ts";
import { opt } from "./opt.ts";
import { phi } from "./phi.ts";
import { phi3 } from "./phi3.ts";
import { phi3small } from "./phi3small.ts";
import { phimoe } from "./phimoe.ts";
import { qwen } from "./qwen.ts";
import { qwenMoe } from "./qwen-moe.ts";
import { qwen3Next } from "./qwen3-next.ts";
import { ALL_FORWARDS } from "./forward/all-forwards.ts";
import { llama as llamaForward } from "./forward/llama.ts";
import type { Modelling, ModellingsByType } from "./modelling.ts";
import { stablelm } from "./stablelm.ts";
import { starcoder2 } from "./starcoder2.ts";
import { unknown } from "./unknown.ts";

const FAMILIES: readonly Family[] = [
  llama,
  exaone,
  starcoder2,
  stablelm,
  phi,
  phi3,
  phi3small,
  internlm2,
  hunyuan,
  helium,
  glm,
  gemma2,
  gemma3n,
  gemma4,
  olmo2,
  apertus,
  cohere,
  gptNeox,
  bloom,
  falcon,
  gpt2,
  gptj,
  gptNeo,
  opt,
  mixtral,
  olderMixtral,
  qwen,
  qwenMoe,
  phimoe,
  gptOss,
  graniteMoe,
  deepseek,
  glm4Moe,
  deepseekMoe,
  llama4,
  qwen3Next,
  nemotronH,
  lfm2,
  litgpt,
  unknown,
];

const modellingOf = (family: Family, model_type: string): Modelling => ({
  family,
  forward: family.forward ?? ALL_FORWARDS[model_type] ?? llamaForward,
});

/** Every family, by its model types; a type without a forward pass of its own has Llama's, which differs in the config only. */
export const ALL_FAMILIES: ModellingsByType = Object.fromEntries(
  FAMILIES.flatMap((family) => family.model_types.map((model_type) => [model_type, modellingOf(family, model_type)])),
);
