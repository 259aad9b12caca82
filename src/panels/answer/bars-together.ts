import type { Catalog } from "#catalog/popular-catalog.ts";
import type { Bar, BarsData } from "#charts/memory-bars.ts";
import { spokenBar } from "#charts/segment-reading.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { atWorstMoment, barsData } from "./bars-data.ts";

/** An answer, and how its bars are named. */
export type NamedAnswer = Readonly<{ name: string; answer: Answer }>;

/**
 * The bars of several answers on one axis. The first one's card is the chosen line; a bar on another card is held against that card's line, which is
 * dashed as other cards' lines are.
 */
export const barsTogether = (
  answers: readonly [NamedAnswer, ...NamedAnswer[]],
  gpus: Catalog["gpus"],
): Readonly<{ data: BarsData; spoken: string }> => {
  const [{ answer: first }] = answers;
  const { chosen, others: usual } = barsData(atWorstMoment(first), gpus);
  const lanes = answers.map(({ name, answer }) => {
    const { bars, chosen: line } = barsData(atWorstMoment(answer), gpus);
    const isOther = line.label !== chosen.label;
    const capacity = isOther ? { capacityBytes: line.bytes } : {};
    return {
      isOther,
      line: { ...line, memoryGb: answer.gpu.memoryGb, always: true as const },
      bars: bars.map((bar): Bar => ({ ...bar, ...capacity, name })),
    };
  });
  const others = new Map(lanes.filter(({ isOther }) => isOther).map(({ line }) => [line.label, line]));
  return {
    data: { bars: lanes.flatMap(({ bars }) => bars), chosen, others: others.size === 0 ? usual : [...others.values()] },
    spoken: lanes.flatMap(({ bars, line }) => bars.map((bar) => `${spokenBar(bar)}, against ${line.label}.`)).join(" "),
  };
};
