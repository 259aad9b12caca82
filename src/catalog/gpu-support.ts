// Support of each kind of GPU: bf16, attention kernels, Triton, allocator.

import type { GpuFacts } from "./rows.ts";

/** What of a training run a card decides: which kernels there are for it, and which 16-bit type it computes in. */
export type CardTraits = Readonly<{
  compute: "bf16" | "fp16";
  /** The best kernel of `scaled_dot_product_attention` in training: `calc/model/scenario-traits.ts`. */
  sdpa: "flash" | "efficient" | "math";
  /** The package flash-attn. */
  flashAttention: boolean;
  bitsandbytes: boolean;
  /** Kernels written in Triton: Liger's, Unsloth's, TRL's, which has operations of PyTorch in their place. */
  triton: boolean;
  /** PyTorch has its CUDACachingAllocator for it. @see tools/amd_build/build_amd.py: c10/hip, ROCm's, is made of c10/cuda */
  cachingAllocator: boolean;
  /** `expandable_segments:True` does something in every PyTorch of today. @see pytorch#177974: ROCm has it since 2026, before it warns and goes on without */
  expandableSegments: boolean;
  /** A program sees one of it, and others cannot be reached. */
  isAlone: boolean;
  /** Whether memory was measured on such a card and published; else all of this is what sources say. */
  isTried: boolean;
}>;

/**
 * NVIDIA from Ampere on, compute capability 8.0.
 *
 * @see PyTorch 2.13, aten/src/ATen/native/transformers/cuda/sdp_utils.cpp, `check_flash_attention_hardware_support`
 */
const AMPERE: CardTraits = {
  compute: "bf16",
  sdpa: "flash",
  flashAttention: true,
  bitsandbytes: true,
  triton: true,
  cachingAllocator: true,
  expandableSegments: true,
  isAlone: false,
  isTried: true,
};

/**
 * NVIDIA before: no bf16, and of the kernels the memory-efficient one (from 5.0 on).
 *
 * @see the same file, `check_mem_efficient_hardware_support`, `less_than_sm80_mem_efficient_dtypes`
 */
const TURING: CardTraits = { ...AMPERE, compute: "fp16", sdpa: "efficient", flashAttention: false };

/** A slice of a card (MIG). @see https://docs.nvidia.com/datacenter/tesla/mig-user-guide/ : no peer access between instances, and one instance a process */
const SLICE: CardTraits = { ...AMPERE, isAlone: true };

/** AMD, where PyTorch has kernels for the chip, or the chip is not known. */
const ROCM: CardTraits = { ...AMPERE, expandableSegments: false, isTried: false };

/** Other AMD chips: kernels are not built for them, or have to be asked for (`TORCH_ROCM_AOTRITON_ENABLE_EXPERIMENTAL`). */
const ROCM_WITHOUT_KERNELS: CardTraits = { ...ROCM, sdpa: "math", flashAttention: false };

/** Intel: kernels of its own, counted as CUDA's; an allocator of its own (c10/xpu/XPUCachingAllocator.cpp). */
const XPU: CardTraits = { ...AMPERE, cachingAllocator: false, expandableSegments: false, isTried: false };

/**
 * Apple (MPS) and Google (XLA): what is made for CUDA is not there, and attention that needs gradients is composed of other operations.
 *
 * @see PyTorch 2.13, aten/src/ATen/native/transformers/attention.cpp, `scaled_dot_product_attention`: MPS' kernel where no gradient is asked for
 */
const WITHOUT_CUDA: CardTraits = {
  ...AMPERE,
  sdpa: "math",
  flashAttention: false,
  bitsandbytes: false,
  triton: false,
  cachingAllocator: false,
  expandableSegments: false,
  isTried: false,
};

/** Chips with kernels in AOTriton that need not be asked for. @see AOTriton 0.11, v3src/util.cc, `isArchExperimentallySupported` */
const AOTRITON = /gfx(?:90a|942|950|1100|1101)\b/;

/** Of any card of which nothing is known but its memory. */
export const TRAITS_OF_ANY = AMPERE;

/** What a card decides. The same object for the same kind of card. */
export const cardTraits = ({
  vendor,
  bf16Supported,
  sliceOf,
  chip,
}: Pick<GpuFacts, "vendor" | "bf16Supported" | "sliceOf"> & Readonly<{ chip?: string }>): CardTraits => {
  switch (vendor) {
    case "NVIDIA":
      if (sliceOf !== undefined) return SLICE;
      return bf16Supported ? AMPERE : TURING;
    case "AMD":
      return chip === undefined || AOTRITON.test(chip) ? ROCM : ROCM_WITHOUT_KERNELS;
    case "Intel":
      return XPU;
    case "Apple":
    case "Google":
      return WITHOUT_CUDA;
    default:
      return vendor satisfies never;
  }
};

/** What a machine lets its GPU have of the one memory, and how to let it have more. */
type MemoryShare = Readonly<{ says: string; source: string }>;

/** By the maker of the chip. The share itself is `memoryUsableFraction` of a row. */
export const UNIFIED_MEMORY: Readonly<Partial<Record<GpuFacts["vendor"], MemoryShare>>> = {
  Apple: {
    says: "macOS lets the GPU have that much; sudo sysctl iogpu.wired_limit_mb=… gives it more until the next start.",
    source: "https://github.com/ggml-org/llama.cpp/issues/7060 (recommendedMaxWorkingSetSize)",
  },
  AMD: {
    says: "Windows lets the GPU have that much; under Linux amd-ttm --set … (the kernel’s ttm.pages_limit) decides how much it may map.",
    source: "https://rocm.docs.amd.com/en/docs-7.14.0/reference/system-optimization/rdna3-5.html",
  },
  NVIDIA: {
    says: "The rest is the system’s. Its file cache counts as taken too, until sync; echo 3 > /proc/sys/vm/drop_caches lets go of it.",
    source: "https://build.nvidia.com/spark/vlm-finetuning/troubleshooting",
  },
};
