/** One accelerator. Memory in the unit of its name: `memoryGb` is the label on the box. */
export type GpuFacts = Readonly<{
  name: string;
  /** Short form for chart flags and the verdict: "RTX 4090", "A100". */
  shortName: string;
  vendor: "NVIDIA" | "AMD" | "Apple" | "Intel" | "Google";
  form: "consumer" | "workstation" | "datacenter" | "cloud";
  chip: string;
  computeCapability?: number;
  year: number;
  memoryGb: number;
  memoryType: string;
  /** What the driver reports, MiB; absent when not found. */
  memoryReportedMib?: number;
  /** What torch reports as total, GiB; absent when not found. */
  torchTotalMemoryGib?: number;
  /** Share of unified memory that the GPU may use. */
  memoryUsableFraction?: number;
  bandwidthGbPerSecond?: number;
  bf16DenseTflops?: number;
  bf16Supported: boolean;
  note?: string;
}>;

/** Where the figures of an accelerator were read. */
export type GpuProvenance = Readonly<{ source: readonly string[]; retrieved: string }>;

/** A whole row of the catalog. */
export type GpuRow = GpuFacts & GpuProvenance;
