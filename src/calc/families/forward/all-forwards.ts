import type { Forward } from "#calc/modules/forward.ts";
import { gemma } from "./gemma.ts";
import { gemma2, gemma3 } from "./gemma2.ts";
import { gemma3n } from "./gemma3n.ts";
import { gemma4 } from "./gemma4.ts";
import { arcee, ernie4_5, glm, ministral3, olmo, seed_oss, starcoder2 } from "./llama-kin.ts";
import { apertus } from "./apertus.ts";
import { bloom } from "./bloom.ts";
import { falcon } from "./falcon.ts";
import { gpt2, gptBigCode } from "./gpt2.ts";
import { gptNeo } from "./gpt-neo.ts";
import { gptNeoX } from "./gpt-neox.ts";
import { opt } from "./opt.ts";
import { stablelm } from "./stablelm.ts";
import { gptj } from "./gpt-j.ts";
import { gptOss } from "./gpt-oss.ts";
import { graniteMoe, mixtral, olmoe, phimoe, qwenMoe } from "./sparse.ts";
import { cohere, cohere2 } from "./cohere.ts";
import { exaone4, glm4, olmo2, olmo3 } from "./post-norm.ts";
import { deepseekV2, deepseekV3, minicpm3 } from "./deepseek.ts";
import { deepseekMoe } from "./deepseek-moe.ts";
import { glm4Moe } from "./glm4-moe.ts";
import { granite } from "./granite.ts";
import { granitemoehybrid } from "./granite-hybrid.ts";
import { lfm2 } from "./lfm2.ts";
import { nemotronH } from "./nemotron-h.ts";
import { qwen } from "./qwen.ts";
import { qwen3_5, qwen3_5_moe, qwen3_next } from "./qwen3-next.ts";
import { llama4 } from "./llama4.ts";
import { nemotron } from "./nemotron.ts";
import { phi } from "./phi.ts";
import { phi3 } from "./phi3.ts";
import { unknown } from "./unknown.ts";
import { internlm2, minicpm, phi3small } from "./remote-code.ts";
import { smollm3 } from "./smollm3.ts";

/** The forward pass of every model type that has one of its own. */
export const ALL_FORWARDS: Readonly<Record<string, Forward>> = {
  unknown,
  qwen3_5,
  qwen3_5_text: qwen3_5,
  qwen3_5_moe,
  qwen3_5_moe_text: qwen3_5_moe,
  qwen3_next,
  granitemoehybrid,
  lfm2,
  nemotron_h: nemotronH,
  apertus,
  arcee,
  bloom,
  cohere,
  cohere2,
  deepseek: deepseekMoe,
  deepseek_v2: deepseekV2,
  deepseek_v3: deepseekV3,
  ernie4_5,
  exaone4,
  falcon,
  gemma,
  gemma2,
  gemma3,
  gemma3_text: gemma3,
  gemma3n,
  gemma3n_text: gemma3n,
  gemma4,
  gemma4_text: gemma4,
  gemma4_unified: gemma4,
  glm,
  gpt2,
  gpt_bigcode: gptBigCode,
  gpt_neo: gptNeo,
  gpt_neox: gptNeoX,
  gpt_oss: gptOss,
  ministral3,
  gptj,
  internlm2,
  minicpm,
  mixtral,
  olmoe,
  qwen,
  qwen2_moe: qwenMoe,
  qwen3_moe: qwenMoe,
  opt,
  glm4,
  glm4_moe: glm4Moe,
  glm4_moe_lite: deepseekV3,
  granite,
  granitemoe: graniteMoe,
  llama4,
  llama4_text: llama4,
  minicpm3,
  nemotron,
  olmo,
  olmo2,
  olmo3,
  phi,
  phi3,
  phimoe,
  phi3small,
  seed_oss,
  smollm3,
  stablelm,
  starcoder2,
};
