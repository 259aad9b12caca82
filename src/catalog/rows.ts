// Types of catalog rows for models and GPUs; short notation for layer_types.

import type { Architecture } from "#calc/model/architecture.ts";

/** A published figure, kept only to test ours against. */
type PublishedCount = Readonly<{
  params: number;
  source: string;
  /** Why it differs from what the config gives, part by part: name and parameters (positive: in the published figure, not in ours). */
  differences?: readonly Readonly<{ what: string; params: number }>[];
}>;

/** What the page says of one model and counts with: its config.json fields. */
export type ModelFacts = Readonly<{
  name: string;
  architecture: Architecture;
}>;

/** What else is known of a model: more names to find it by, where its fields were read, and what others counted. */
export type ModelDetails = Readonly<{
  family: string;
  /** Hugging Face id. */
  hf_repo: string;
  license: string;
  /** null: no published count was found. */
  published: PublishedCount | null;
  /** What a reader must know: text decoder only, a field not confirmed ... */
  note?: string;
  source: readonly string[];
  retrieved: string;
}>;

/** A whole row of the catalog. */
export type ModelRow = ModelFacts & ModelDetails;

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

/**
 * `layer_types` of a config.json in short: `layers` names, `special` at the layers `at` (counted from 0), `usual` at all others.
 */
export const layerTypes = ({
  layers,
  usual,
  special,
  at,
}: Readonly<{ layers: number; usual: string; special: string; at: readonly number[] }>): readonly string[] =>
  Array.from({ length: layers }, (_, layer) => (at.includes(layer) ? special : usual));
