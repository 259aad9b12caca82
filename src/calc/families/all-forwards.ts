import { arcee } from "#calc/families/arcee/forward.ts";
import { ernie4_5 } from "#calc/families/ernie/forward.ts";
import { glm, glm4 } from "#calc/families/glm/forward.ts";
import { ministral3 } from "#calc/families/ministral3/forward.ts";
import { olmo } from "#calc/families/olmo/forward.ts";
import { seed_oss } from "#calc/families/seed-oss/forward.ts";
import { starcoder2 } from "#calc/families/starcoder2/forward.ts";
import { graniteMoe } from "#calc/families/granite-moe/forward.ts";
import { mixtral } from "#calc/families/mixtral/forward.ts";
import { olmoe, qwenMoe } from "#calc/families/qwen-moe/forward.ts";
import { phimoe } from "#calc/families/phimoe/forward.ts";
import { exaone4 } from "#calc/families/exaone4/forward.ts";
import { olmo2, olmo3 } from "#calc/families/olmo2/forward.ts";
import { internlm2 } from "#calc/families/internlm2/forward.ts";
import { minicpm } from "#calc/families/minicpm/forward.ts";
import { phi3small } from "#calc/families/phi3small/forward.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gemma } from "#calc/families/gemma/forward.ts";
import { gemma2, gemma3 } from "#calc/families/gemma2/forward.ts";
import { gemma3n } from "#calc/families/gemma3n/forward.ts";
import { gemma4 } from "#calc/families/gemma4/forward.ts";
import { apertus } from "#calc/families/apertus/forward.ts";
import { bloom } from "#calc/families/bloom/forward.ts";
import { falcon } from "#calc/families/falcon/forward.ts";
import { gpt2, gptBigCode } from "#calc/families/gpt2/forward.ts";
import { gptNeo } from "#calc/families/gpt-neo/forward.ts";
import { gptNeoX } from "#calc/families/gpt-neox/forward.ts";
import { opt } from "#calc/families/opt/forward.ts";
import { stablelm } from "#calc/families/stablelm/forward.ts";
import { gptj } from "#calc/families/gpt-j/forward.ts";
import { gptOss } from "#calc/families/gpt-oss/forward.ts";
import { cohere, cohere2 } from "#calc/families/cohere/forward.ts";
import { deepseekV2, deepseekV3, minicpm3 } from "#calc/families/deepseek/forward.ts";
import { deepseekMoe } from "#calc/families/deepseek-moe/forward.ts";
import { glm4Moe } from "#calc/families/glm4-moe/forward.ts";
import { granite } from "#calc/families/granite/forward.ts";
import { granitemoehybrid } from "#calc/families/granite-moe/hybrid-forward.ts";
import { lfm2 } from "#calc/families/lfm2/forward.ts";
import { nemotronH } from "#calc/families/nemotron-h/forward.ts";
import { qwen } from "#calc/families/qwen/forward.ts";
import { qwen3_5, qwen3_5_moe, qwen3_next } from "#calc/families/qwen3-next/forward.ts";
import { llama4 } from "#calc/families/llama4/forward.ts";
import { nemotron } from "#calc/families/nemotron/forward.ts";
import { phi } from "#calc/families/phi/forward.ts";
import { phi3 } from "#calc/families/phi3/forward.ts";
import { unknown } from "#calc/families/unknown/forward.ts";
import { smollm3 } from "#calc/families/smollm3/forward.ts";

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
