import type { Family } from "./family.ts";
import "./all-modellings.ts";
import { doraDifference } from "#calc/modules/dora.ts";
import { addDora } from "#calc/modules/late-dora.ts";
import "#calc/optimizers/all-optimizers.ts";
import { apertus } from "#calc/families/apertus/tensors.ts";
import { bloom } from "#calc/families/bloom/tensors.ts";
import { cohere } from "#calc/families/cohere/tensors.ts";
import { deepseek, glm4Moe } from "#calc/families/deepseek/tensors.ts";
import { deepseekMoe } from "#calc/families/deepseek-moe/tensors.ts";
import { exaone } from "#calc/families/exaone/tensors.ts";
import { falcon } from "#calc/families/falcon/tensors.ts";
import { gemma2 } from "#calc/families/gemma2/tensors.ts";
import { gemma3n } from "#calc/families/gemma3n/tensors.ts";
import { gemma4 } from "#calc/families/gemma4/tensors.ts";
import { glm } from "#calc/families/glm/tensors.ts";
import { gptj } from "#calc/families/gpt-j/tensors.ts";
import { gptNeo } from "#calc/families/gpt-neo/tensors.ts";
import { gptNeox } from "#calc/families/gpt-neox/tensors.ts";
import { gptOss } from "#calc/families/gpt-oss/tensors.ts";
import { gpt2 } from "#calc/families/gpt2/tensors.ts";
import { graniteMoe } from "#calc/families/granite-moe/tensors.ts";
import { helium } from "#calc/families/helium/tensors.ts";
import { hunyuan } from "#calc/families/hunyuan/tensors.ts";
import { internlm2 } from "#calc/families/internlm2/tensors.ts";
import { lfm2 } from "#calc/families/lfm2/tensors.ts";
import { litgpt } from "#calc/families/litgpt/tensors.ts";
import { llama } from "#calc/families/llama/tensors.ts";
import { llama4 } from "#calc/families/llama4/tensors.ts";
import { mixtral } from "#calc/families/mixtral/tensors.ts";
import { nemotronH } from "#calc/families/nemotron-h/tensors.ts";
import { olderMixtral } from "#calc/families/older-mixtral/tensors.ts";
import { olmo2 } from "#calc/families/olmo2/tensors.ts";
import { opt } from "#calc/families/opt/tensors.ts";
import { phi } from "#calc/families/phi/tensors.ts";
import { phi3 } from "#calc/families/phi3/tensors.ts";
import { phi3small } from "#calc/families/phi3small/tensors.ts";
import { phimoe } from "#calc/families/phimoe/tensors.ts";
import { qwen } from "#calc/families/qwen/tensors.ts";
import { qwenMoe } from "#calc/families/qwen-moe/tensors.ts";
import { qwen3Next } from "#calc/families/qwen3-next/tensors.ts";
import { ALL_FORWARDS } from "./all-forwards.ts";
import { addFamilies } from "./known-families.ts";
import { stablelm } from "#calc/families/stablelm/tensors.ts";
import { starcoder2 } from "#calc/families/starcoder2/tensors.ts";
import { unknown } from "#calc/families/unknown/tensors.ts";

/** Every family. */
const ALL_FAMILIES: readonly Family[] = [
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

addFamilies(ALL_FAMILIES, ALL_FORWARDS);
addDora(doraDifference);
