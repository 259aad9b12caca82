/** What the page says of one accelerator and counts with. Memory in the unit of its name: `memoryGb` is the label on the box. */
export type GpuFacts = Readonly<{
  name: string;
  /** Short form for chart flags and the verdict: "RTX 4090", "A100". */
  shortName: string;
  vendor: "NVIDIA" | "AMD" | "Apple" | "Intel" | "Google";
  memoryGb: number;
  /** What the driver reports, MiB; absent when not found. */
  memoryReportedMib?: number;
  /** What torch reports as total, GiB; absent when not found. */
  torchTotalMemoryGib?: number;
  /** Share of unified memory that the GPU may use. */
  memoryUsableFraction?: number;
  bf16Supported: boolean;
  /** The id of the whole card, where this is a part of one (MIG): a GPU of its own, without peer access to the other parts. */
  sliceOf?: string;
}>;

/** What else is known of an accelerator, and where all of it was read. */
export type GpuDetails = Readonly<{
  chip: string;
  form: "consumer" | "workstation" | "datacenter" | "cloud";
  computeCapability?: number;
  year: number;
  memoryType: string;
  bandwidthGbPerSecond?: number;
  bf16DenseTflops?: number;
  note?: string;
  source: readonly string[];
  retrieved: string;
}>;

/** A whole row of the catalog. */
export type GpuRow = GpuFacts & GpuDetails;
