// Data of the memory bars for an answer: bars, the chosen GPU's line and lines of other GPUs.

import { type Answer, wholeCard } from "#scenario/choices/answer.ts";
import { usableMemory, mostSeenOnCard } from "#calc/card/usable-memory.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { GpuFacts } from "#catalog/rows.ts";
import type { OtherCapacity } from "#charts/bar-marks.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import type { BarsData } from "#charts/memory-bars.ts";
import { formatGib } from "#format/bytes.ts";
import type { Measurement } from "#panels/measured/measurement-marks.ts";

/** The answer with each method as it is in the worst moment of its run, where that is outside the step: what pictures beside the first screen draw. */
export const atWorstMoment = (answer: Answer): Answer => ({
  ...answer,
  methods: answer.methods.map((one) =>
    one.run?.worstEstimate === undefined ? one : { ...one, estimate: one.run.worstEstimate, card: wholeCard(one) },
  ),
});

/** The card that stands for each size on the axis: a common one, so that a line does not jump when the whole catalog arrives. */
const STANDS_FOR: Readonly<Record<number, string>> = {
  8: "rtx-4060",
  12: "rtx-3060-12gb",
  16: "rtx-4080",
  24: "rtx-4090",
  32: "rtx-5090",
  48: "rtx-a6000",
  80: "h100-sxm",
  96: "rtx-pro-6000-ws",
  141: "h200-sxm",
  192: "b200",
};

const rowOf = (gpus: Catalog["gpus"], size: number, id: string): GpuFacts | undefined =>
  gpus[id] ?? Object.values(gpus).find((row) => row.memoryGb === size && row.vendor === "NVIDIA");

const capacityOf = (size: number, row: GpuFacts): OtherCapacity => ({
  memoryGb: size,
  label: `${size}\u00a0GB`,
  bytes: usableMemory(row).usableBytes,
});

/** The capacities that other cards' lines stand at, one a size on the box; without the chosen card's own size. */
export const gpuLineCards = (gpus: Catalog["gpus"], chosenMemoryGb: number): readonly OtherCapacity[] =>
  Object.entries(STANDS_FOR).flatMap(([key, id]) => {
    const size = Number(key);
    const row = size === chosenMemoryGb ? undefined : rowOf(gpus, size, id);
    return row === undefined ? [] : [capacityOf(size, row)];
  });

const flagLabel = ({ choices, gpu, usedBytes }: Answer): string => {
  // A custom card is named by its size, and some names say theirs.
  const name =
    choices.gpu.kind === "custom" || gpu.shortName.includes(`${gpu.memoryGb}GB`)
      ? gpu.shortName
      : `${gpu.shortName}, ${gpu.memoryGb}\u00a0GB`;
  return usedBytes > 0 ? `${name} − ${formatGib(usedBytes)} in use` : name;
};

/**
 * What the bars draw of an answer. The chosen line stands where memory ends for this run: at the card's usable capacity less what is
 * already in use, and what vLLM has declared is behind each bar, so that the measure from a bar to the line is the headroom of the cards and of the verdict. Measured runs have their marks on their methods' bars.
 */
export const barsData = (answer: Answer, gpus: Catalog["gpus"], measured: readonly Measurement[] = []): BarsData => ({
  bars: answer.methods.map(({ method, estimate, card }) => ({
    method,
    name: METHOD_NAMES[method].label,
    terms: estimate.terms,
    totalBytes: estimate.onCardBytes,
    ...(answer.reservedBytes > 0 && { declaredBytes: answer.reservedBytes }),
    headroomBytes: card.headroomBytes,
    fit: card.fit,
    seenBytes: mostSeenOnCard(estimate, card),
    measured: measured.flatMap((each) => (each.method === method ? each.figures : [])),
  })),
  chosen: { label: flagLabel(answer), bytes: Math.max(0, answer.gpu.usableBytes - answer.usedBytes) },
  others: gpuLineCards(gpus, answer.gpu.memoryGb),
});
