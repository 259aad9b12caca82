// List of all model families.

import type { Family } from "./family.ts";
import { apertus } from "./apertus.ts";
import { arcee } from "./arcee.ts";
import { bloom } from "./bloom.ts";
import { cohere } from "./cohere.ts";
import { deepseekMoe } from "./deepseek-moe.ts";
import { deepseek } from "./deepseek.ts";
import { ernie } from "./ernie.ts";
import { exaone } from "./exaone.ts";
import { exaone4 } from "./exaone4.ts";
import { falcon } from "./falcon.ts";
import { gemma } from "./gemma.ts";
import { gemma2 } from "./gemma2.ts";
import { gemma3n } from "./gemma3n.ts";
import { gemma4 } from "./gemma4.ts";
import { glm } from "./glm.ts";
import { glm4Moe } from "./glm4-moe.ts";
import { gptj } from "./gpt-j.ts";
import { gptNeo } from "./gpt-neo.ts";
import { gptNeox } from "./gpt-neox.ts";
import { gptOss } from "./gpt-oss.ts";
import { gpt2 } from "./gpt2.ts";
import { graniteMoe } from "./granite-moe.ts";
import { granite } from "./granite.ts";
import { helium } from "./helium.ts";
import { hunyuan } from "./hunyuan.ts";
import { internlm2 } from "./internlm2.ts";
import { lfm2 } from "./lfm2.ts";
import { litgpt } from "./litgpt.ts";
import { llama } from "./llama.ts";
import { llama4 } from "./llama4.ts";
import { mimo } from "./mimo.ts";
import { minicpm } from "./minicpm.ts";
import { ministral3 } from "./ministral3.ts";
import { mixtral } from "./mixtral.ts";
import { nemotronH } from "./nemotron-h.ts";
import { nemotron } from "./nemotron.ts";
import { olderMixtral } from "./older-mixtral.ts";
import { olmo } from "./olmo.ts";
import { olmo2 } from "./olmo2.ts";
import { opt } from "./opt.ts";
import { phi } from "./phi.ts";
import { phi3 } from "./phi3.ts";
import { phi3small } from "./phi3small.ts";
import { phimoe } from "./phimoe.ts";
import { qwenMoe } from "./qwen-moe.ts";
import { qwen } from "./qwen.ts";
import { qwen3Next } from "./qwen3-next.ts";
import { seedOss } from "./seed-oss.ts";
import { smollm3 } from "./smollm3.ts";
import { stablelm } from "./stablelm.ts";
import { starcoder2 } from "./starcoder2.ts";
import { unknown } from "./unknown.ts";

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
