import type { Family } from "./family.ts";
import { apertus } from "#calc/families/apertus/apertus.ts";
import { arcee } from "#calc/families/arcee/arcee.ts";
import { bloom } from "#calc/families/bloom/bloom.ts";
import { cohere } from "#calc/families/cohere/cohere.ts";
import { deepseekMoe } from "#calc/families/deepseek-moe/deepseek-moe.ts";
import { deepseek } from "#calc/families/deepseek/deepseek.ts";
import { ernie } from "#calc/families/ernie/ernie.ts";
import { exaone } from "#calc/families/exaone/exaone.ts";
import { exaone4 } from "#calc/families/exaone4/exaone4.ts";
import { falcon } from "#calc/families/falcon/falcon.ts";
import { gemma } from "#calc/families/gemma/gemma.ts";
import { gemma2 } from "#calc/families/gemma2/gemma2.ts";
import { gemma3n } from "#calc/families/gemma3n/gemma3n.ts";
import { gemma4 } from "#calc/families/gemma4/gemma4.ts";
import { glm } from "#calc/families/glm/glm.ts";
import { glm4Moe } from "#calc/families/glm4-moe/glm4-moe.ts";
import { gptj } from "#calc/families/gpt-j/gpt-j.ts";
import { gptNeo } from "#calc/families/gpt-neo/gpt-neo.ts";
import { gptNeox } from "#calc/families/gpt-neox/gpt-neox.ts";
import { gptOss } from "#calc/families/gpt-oss/gpt-oss.ts";
import { gpt2 } from "#calc/families/gpt2/gpt2.ts";
import { graniteMoe } from "#calc/families/granite-moe/granite-moe.ts";
import { granite } from "#calc/families/granite/granite.ts";
import { helium } from "#calc/families/helium/helium.ts";
import { hunyuan } from "#calc/families/hunyuan/hunyuan.ts";
import { internlm2 } from "#calc/families/internlm2/internlm2.ts";
import { lfm2 } from "#calc/families/lfm2/lfm2.ts";
import { litgpt } from "#calc/families/litgpt/litgpt.ts";
import { llama } from "#calc/families/llama/llama.ts";
import { llama4 } from "#calc/families/llama4/llama4.ts";
import { mimo } from "#calc/families/mimo/mimo.ts";
import { minicpm } from "#calc/families/minicpm/minicpm.ts";
import { ministral3 } from "#calc/families/ministral3/ministral3.ts";
import { mixtral } from "#calc/families/mixtral/mixtral.ts";
import { nemotronH } from "#calc/families/nemotron-h/nemotron-h.ts";
import { nemotron } from "#calc/families/nemotron/nemotron.ts";
import { olderMixtral } from "#calc/families/older-mixtral/older-mixtral.ts";
import { olmo } from "#calc/families/olmo/olmo.ts";
import { olmo2 } from "#calc/families/olmo2/olmo2.ts";
import { opt } from "#calc/families/opt/opt.ts";
import { phi } from "#calc/families/phi/phi.ts";
import { phi3 } from "#calc/families/phi3/phi3.ts";
import { phi3small } from "#calc/families/phi3small/phi3small.ts";
import { phimoe } from "#calc/families/phimoe/phimoe.ts";
import { qwenMoe } from "#calc/families/qwen-moe/qwen-moe.ts";
import { qwen } from "#calc/families/qwen/qwen.ts";
import { qwen3Next } from "#calc/families/qwen3-next/qwen3-next.ts";
import { seedOss } from "#calc/families/seed-oss/seed-oss.ts";
import { smollm3 } from "#calc/families/smollm3/smollm3.ts";
import { stablelm } from "#calc/families/stablelm/stablelm.ts";
import { starcoder2 } from "#calc/families/starcoder2/starcoder2.ts";
import { unknown } from "#calc/families/unknown/unknown.ts";

/** Every family. */
export const ALL_FAMILIES: readonly Family[] = [
  llama,
  ministral3,
  seedOss,
  smollm3,
  granite,
  ernie,
  olmo,
  arcee,
  nemotron,
  minicpm,
  mimo,
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
  gemma,
  gemma2,
  gemma3n,
  gemma4,
  olmo2,
  exaone4,
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
