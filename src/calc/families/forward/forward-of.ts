import type { Architecture } from "#calc/architecture.ts";
import type { Forward } from "./forward.ts";
import { gemma } from "./gemma.ts";
import { gemma2, gemma3 } from "./gemma2.ts";
import { gemma3n } from "./gemma3n.ts";
import { gemma4 } from "./gemma4.ts";
import { arcee, ernie4_5, glm, llama, olmo, seed_oss, starcoder2 } from "./llama.ts";
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
import { mixtral, olmoe, qwenMoe } from "./sparse.ts";
import { cohere, cohere2 } from "./cohere.ts";
import { exaone4, glm4, olmo2, olmo3 } from "./post-norm.ts";
import { granite } from "./granite.ts";
import { nemotron } from "./nemotron.ts";
import { phi } from "./phi.ts";
import { phi3 } from "./phi3.ts";
import { internlm2, minicpm, phi3small } from "./remote-code.ts";
import { smollm3 } from "./smollm3.ts";

const FORWARDS: Readonly<Record<string, Forward>> = {
  apertus,
  arcee,
  bloom,
  cohere,
  cohere2,
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
  gptj,
  internlm2,
  minicpm,
  mixtral,
  olmoe,
  qwen2_moe: qwenMoe,
  qwen3_moe: qwenMoe,
  opt,
  glm4,
  granite,
  nemotron,
  olmo,
  olmo2,
  olmo3,
  phi,
  phi3,
  phi3small,
  seed_oss,
  smollm3,
  stablelm,
  starcoder2,
};

/** Types whose modelling code is Llama's, or differs from it in the config only. */
const LLAMA_LIKE = new Set([
  "llama",
  "exaone",
  "mistral",
  "mistral3",
  "ministral3",
  "qwen2",
  "qwen3",
  "internlm3",
  "mimo",
]);

/** Whether the tape has the modelling code of this type. */
export const hasForward = ({ model_type }: Architecture): boolean =>
  model_type in FORWARDS || LLAMA_LIKE.has(model_type);

/** The forward pass of a model type; Llama's where it has none of its own. */
export const forwardOf = ({ model_type }: Architecture): Forward => FORWARDS[model_type] ?? llama;
