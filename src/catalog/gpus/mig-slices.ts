// MIG slices of NVIDIA GPUs.

import type { GpuRow } from "#catalog/rows.ts";
import { NVIDIA_DATACENTER_GPUS } from "./nvidia-datacenter.ts";
import { POPULAR_GPU_DETAILS } from "./popular-details.ts";

/** What all slices of one card share: whose they are, its chip, and where the memory of its slices was read. */
type Whole = Readonly<{
  /** The catalog's id of the whole card. */
  sliceOf: string;
  /** How its slices begin, as id and in words. */
  id: string;
  card: string;
  of: Pick<GpuRow, "chip" | "computeCapability" | "year" | "memoryType">;
  source: string;
}>;

const GUIDE = "NVIDIA Multi-Instance GPU User Guide, Supported MIG Profiles";
const GIB_IN_MIB = 1024;
/** "3g.40gb": three of seven slices of the processors, 40 GB. */
const PROFILE_GB = /\.(\d+)gb$/;

/**
 * The slices of a card, one row a profile.
 *
 * @param profiles name → GiB that `nvidia-smi mig -lgip` lists for it, which is what the slice reports; null: not found, the label is all that is known
 */
const slicesOf = (whole: Whole, profiles: Readonly<Record<string, number | null>>): Readonly<Record<string, GpuRow>> =>
  Object.fromEntries(
    Object.entries(profiles).map(([profile, gib]) => [
      `${whole.id}-mig-${profile.replace(".", "-")}`,
      {
        name: `${whole.card}, MIG ${profile}`,
        shortName: `${whole.card} ${profile}`,
        vendor: "NVIDIA",
        sliceOf: whole.sliceOf,
        form: "datacenter",
        ...whole.of,
        memoryGb: Number(PROFILE_GB.exec(profile)?.[1]),
        ...(gib === null ? {} : { memoryReportedMib: Math.round(gib * GIB_IN_MIB) }),
        bf16Supported: true,
        source: [GUIDE, ...(gib === null ? [] : [whole.source])],
        retrieved: "2026-11-26",
      },
    ]),
  );

const shared = ({ chip, computeCapability, year, memoryType }: Whole["of"]): Whole["of"] => ({
  chip,
  ...(computeCapability === undefined ? {} : { computeCapability }),
  year,
  memoryType,
});

/**
 * Parts that a data centre GPU is divided into, each with memory and processors of its own. A program sees one slice alone, and there is no peer access
 * between them. 3g and 4g have the same memory, as have 1g with twice its share and 2g.
 *
 * @see https://docs.nvidia.com/datacenter/tesla/mig-user-guide/supported-mig-profiles.html
 */
export const MIG_SLICES: Readonly<Record<string, GpuRow>> = {
  ...slicesOf(
    {
      sliceOf: "a30",
      id: "a30",
      card: "A30",
      of: shared(NVIDIA_DATACENTER_GPUS.a30),
      source: "nvidia-smi mig -lgip of an A30, in a public file",
    },
    { "1g.6gb": 5.81, "2g.12gb": 11.69 },
  ),
  ...slicesOf(
    {
      sliceOf: "a100-40gb-sxm",
      id: "a100-40gb",
      card: "A100 40GB",
      of: shared(POPULAR_GPU_DETAILS["a100-40gb-sxm"]),
      source: "nvidia-smi mig -lgip of an A100 40GB, in public files",
    },
    { "1g.5gb": 4.75, "1g.10gb": 9.75, "2g.10gb": 9.75, "3g.20gb": 19.62, "4g.20gb": 19.62 },
  ),
  ...slicesOf(
    {
      sliceOf: "a100-80gb-sxm",
      id: "a100-80gb",
      card: "A100 80GB",
      of: shared(POPULAR_GPU_DETAILS["a100-80gb-sxm"]),
      source: "nvidia-smi mig -lgip of an A100 80GB, in public files; 3g.40gb: 39.25 GiB to torch too",
    },
    { "1g.10gb": 9.5, "1g.20gb": 19.5, "2g.20gb": 19.5, "3g.40gb": 39.25, "4g.40gb": 39.25 },
  ),
  ...slicesOf(
    {
      sliceOf: "h100-sxm",
      id: "h100",
      card: "H100",
      of: shared(POPULAR_GPU_DETAILS["h100-sxm"]),
      source: "nvidia-smi mig -lgip of an H100 80GB: jbarrow.ai/field_notes/nvidia-mig (2026-06-11)",
    },
    { "1g.10gb": 9.75, "1g.20gb": 19.62, "2g.20gb": 19.62, "3g.40gb": 39.5, "4g.40gb": 39.5 },
  ),
  ...slicesOf(
    {
      sliceOf: "h200-sxm",
      id: "h200",
      card: "H200",
      of: shared(POPULAR_GPU_DETAILS["h200-sxm"]),
      source: "nvidia-smi mig -lgip of an H200, in a public file",
    },
    { "1g.18gb": 16, "1g.35gb": 32.5, "2g.35gb": 32.5, "3g.71gb": null, "4g.71gb": null },
  ),
  ...slicesOf(
    {
      sliceOf: "b200",
      id: "b200",
      card: "B200",
      of: shared(POPULAR_GPU_DETAILS.b200),
      source: "nvidia-smi mig -lgip of a B200: github.com/NVIDIA/gpu-operator pull request 1351 (2025-03-20)",
    },
    { "1g.23gb": 20.5, "1g.45gb": 44.25, "2g.45gb": 44.25, "3g.90gb": null, "4g.90gb": null },
  ),
};
