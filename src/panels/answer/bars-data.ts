import { seenOnCard } from "#calc/card/seen-on-card.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { BarsData } from "#charts/memory-bars.ts";
import { formatGib } from "#format/bytes.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Measurement } from "#panels/measured/measurement.ts";
import { gpuLineCards } from "./gpu-line-cards.ts";

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
    seenBytes: seenOnCard(estimate, card),
    measured: measured.flatMap((each) => (each.method === method ? each.figures : [])),
  })),
  chosen: { label: flagLabel(answer), bytes: Math.max(0, answer.gpu.usableBytes - answer.usedBytes) },
  others: gpuLineCards(gpus, answer.gpu.memoryGb),
});
