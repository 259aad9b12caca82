import { FRAMEWORK_INPUTS } from "#calc/card/fit.ts";
import type { MeasuredRun } from "./measured-run.ts";

/** Two figures of one run, as a ratio, over all runs that give both. */
export type MeasuredPairs = Readonly<{
  name: string;
  pairs: number;
  least: number;
  median: number;
  most: number;
}>;

/** A source that gives the reserved bytes beside the allocated ones says so in its notes. */
export const reservedGib = ({ notes }: MeasuredRun): number | null => {
  const gib = /peak reserved ([\d.]+) GiB/.exec(notes ?? "")?.[1];
  return gib === undefined ? null : Number(gib);
};

/** What nvidia-smi shows without CUDA context and NCCL: what the allocator holds. */
export const heldGib = ({ nvidia_smi_gib, num_gpus }: MeasuredRun): number | null =>
  nvidia_smi_gib === null ? null : nvidia_smi_gib - FRAMEWORK_INPUTS.contextGib - FRAMEWORK_INPUTS.ncclGib(num_gpus);

const pairsOf = (
  name: string,
  runs: readonly MeasuredRun[],
  gibOf: (run: MeasuredRun) => number | null,
): readonly MeasuredPairs[] => {
  const ratios = runs
    .flatMap((run) => {
      const [gib, allocated] = [gibOf(run), run.measured_peak_gib];
      return run.metric_class !== "allocated" || gib === null || allocated === null ? [] : [gib / allocated];
    })
    .toSorted((one, other) => one - other);
  const [least, most] = [ratios[0], ratios.at(-1)];
  if (least === undefined || most === undefined) return [];
  const middle = [ratios[Math.floor((ratios.length - 1) / 2)] ?? 0, ratios[Math.ceil((ratios.length - 1) / 2)] ?? 0];
  return [{ name, pairs: ratios.length, least, median: ((middle[0] ?? 0) + (middle[1] ?? 0)) / 2, most }];
};

/**
 * What is reserved, and what nvidia-smi shows, over what is allocated, in runs that give both: where the factors of `calc/card/fit.ts` come from. Nvidia-smi
 * shows what the allocator holds while there is room, so its ratios say how far it goes, not what a card must have.
 */
export const measuredPairs = (runs: readonly MeasuredRun[]): readonly MeasuredPairs[] => {
  const [one, several] = [runs.filter(({ num_gpus }) => num_gpus === 1), runs.filter(({ num_gpus }) => num_gpus > 1)];
  return [
    ...pairsOf("reserved / allocated, one GPU", one, reservedGib),
    ...pairsOf("(nvidia-smi - context) / allocated, one GPU", one, heldGib),
    ...pairsOf("(nvidia-smi - context - NCCL) / allocated, several GPUs", several, heldGib),
  ];
};
