import type { GpuFacts } from "./gpu-row.ts";

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
