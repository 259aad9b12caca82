// Every model and GPU of the catalog with its sources.

import type { Catalog } from "./catalog.ts";
import type { GpuRow, ModelRow } from "./rows.ts";
import { AMD_GPUS } from "./gpus/amd.ts";
import { APPLE_GPUS } from "./gpus/apple.ts";
import { GOOGLE_GPUS } from "./gpus/google.ts";
import { INTEL_GPUS } from "./gpus/intel.ts";
import { MIG_SLICES } from "./gpus/mig-slices.ts";
import { NVIDIA_CONSUMER_GPUS } from "./gpus/nvidia-consumer.ts";
import { NVIDIA_DATACENTER_GPUS } from "./gpus/nvidia-datacenter.ts";
import { NVIDIA_WORKSTATION_GPUS } from "./gpus/nvidia-workstation.ts";
import { POPULAR_GPU_DETAILS } from "./gpus/popular-details.ts";
import { POPULAR_GPUS } from "./gpus/popular.ts";
import { APERTUS_MODELS } from "./models/apertus.ts";
import { ARCEE_MODELS } from "./models/arcee.ts";
import { BLOOM_MODELS } from "./models/bloom.ts";
import { COHERE_MODELS } from "./models/cohere.ts";
import { DEEPSEEK_MODELS } from "./models/deepseek.ts";
import { ERNIE_MODELS } from "./models/ernie.ts";
import { EXAONE_MODELS } from "./models/exaone.ts";
import { FALCON_MODELS } from "./models/falcon.ts";
import { GEMMA_MODELS } from "./models/gemma.ts";
import { GLM_MODELS } from "./models/glm.ts";
import { GPT_MODELS } from "./models/gpt.ts";
import { GRANITE_MODELS } from "./models/granite.ts";
import { INTERNLM_MODELS } from "./models/internlm.ts";
import { LFM_MODELS } from "./models/lfm.ts";
import { LLAMA_MODELS } from "./models/llama.ts";
import { MIMO_MODELS } from "./models/mimo.ts";
import { MINICPM_MODELS } from "./models/minicpm.ts";
import { MISTRAL_MODELS } from "./models/mistral.ts";
import { MOONSHOT_MODELS } from "./models/moonshot.ts";
import { NEMOTRON_MODELS } from "./models/nemotron.ts";
import { OLMO_MODELS } from "./models/olmo.ts";
import { OPT_MODELS } from "./models/opt.ts";
import { PHI_MODELS } from "./models/phi.ts";
import { POPULAR_MODEL_DETAILS } from "./models/popular-details.ts";
import { POPULAR_MODELS } from "./models/popular.ts";
import { PYTHIA_MODELS } from "./models/pythia.ts";
import { QWEN_MODELS } from "./models/qwen.ts";
import { SEED_OSS_MODELS } from "./models/seed-oss.ts";
import { SMOLLM_MODELS } from "./models/smollm.ts";
import { STABLELM_MODELS } from "./models/stablelm.ts";
import { STARCODER_MODELS } from "./models/starcoder.ts";
import { YI_MODELS } from "./models/yi.ts";

/** Puts the rows of the first screen together with what that screen does not need of them. */
const withDetails = <Id extends string, Facts, Details>(
  facts: Readonly<Record<Id, Facts>>,
  details: Readonly<Record<Id, Details>>,
): Readonly<Record<string, Facts & Details>> =>
  Object.fromEntries(Object.entries<Facts>(facts).map(([id, fact]) => [id, { ...fact, ...details[id as Id] }]));

/** The catalog with where each row was read. */
export type FullCatalog = Catalog &
  Readonly<{ models: Readonly<Record<string, ModelRow>>; gpus: Readonly<Record<string, GpuRow>> }>;

/** Every model and every GPU, the popular ones first. Several times the size of all code: loaded when somebody looks for one of them. */
export const FULL_CATALOG: FullCatalog = {
  models: {
    ...withDetails(POPULAR_MODELS, POPULAR_MODEL_DETAILS),
    ...APERTUS_MODELS,
    ...ARCEE_MODELS,
    ...BLOOM_MODELS,
    ...COHERE_MODELS,
    ...DEEPSEEK_MODELS,
    ...ERNIE_MODELS,
    ...EXAONE_MODELS,
    ...FALCON_MODELS,
    ...GEMMA_MODELS,
    ...GLM_MODELS,
    ...GPT_MODELS,
    ...GRANITE_MODELS,
    ...INTERNLM_MODELS,
    ...LFM_MODELS,
    ...LLAMA_MODELS,
    ...MIMO_MODELS,
    ...MINICPM_MODELS,
    ...MISTRAL_MODELS,
    ...MOONSHOT_MODELS,
    ...NEMOTRON_MODELS,
    ...OLMO_MODELS,
    ...OPT_MODELS,
    ...PHI_MODELS,
    ...PYTHIA_MODELS,
    ...QWEN_MODELS,
    ...SEED_OSS_MODELS,
    ...SMOLLM_MODELS,
    ...STABLELM_MODELS,
    ...STARCODER_MODELS,
    ...YI_MODELS,
  },
  gpus: {
    ...withDetails(POPULAR_GPUS, POPULAR_GPU_DETAILS),
    ...NVIDIA_CONSUMER_GPUS,
    ...NVIDIA_WORKSTATION_GPUS,
    ...NVIDIA_DATACENTER_GPUS,
    ...MIG_SLICES,
    ...AMD_GPUS,
    ...APPLE_GPUS,
    ...INTEL_GPUS,
    ...GOOGLE_GPUS,
  },
  complete: true,
};
