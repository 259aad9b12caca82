import { bytes } from "#calc/base/quantity.ts";
import { fitOnCard } from "#calc/card/fit.ts";
import type { MomentId } from "#calc/model/memory-estimate.ts";
import { formatGib } from "#format/bytes.ts";
import { joinWithAnd } from "#format/phrases.ts";
import {
  isSameCard,
  leastDifference,
  type OffPart,
  offParts,
  predictedOfRow,
} from "#interop/measured/row-comparison.ts";
import type { MeasuredRow } from "#interop/measured/read-measured-row.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** "14 Nov 2026", UTC. */
export const dayOf = ({ at }: MeasuredRow): string => {
  const [year, month, day] = at.slice(0, 10).split("-").map(Number);
  return `${day} ${MONTHS[(month ?? 1) - 1]} ${year}`;
};

/** "NVIDIA GeForce RTX 4090, torch 2.13.0". */
export const deviceWords = ({ device, versions: { torch } }: MeasuredRow): string =>
  `${device?.name ?? "a CPU"}${torch === undefined ? "" : `, torch ${torch}`}`;

/** What a row measured, beside what is predicted of the same metric. */
export type RowFigure = Readonly<{ metric: "allocated" | "reserved"; measuredBytes: number; predictedBytes: number }>;

/** Allocated peak and reserved, as far as they were measured. */
export const rowFigures = (row: MeasuredRow, { estimate }: MethodAnswer): readonly RowFigure[] => {
  const predicted = predictedOfRow(estimate);
  return [
    { metric: "allocated", measuredBytes: row.peakBytes, predictedBytes: predicted.peakBytes } as const,
    { metric: "reserved", measuredBytes: row.reservedBytes, predictedBytes: predicted.reservedBytes } as const,
  ].flatMap(({ measuredBytes, ...rest }) => (measuredBytes === null ? [] : [{ ...rest, measuredBytes }]));
};

/** "Predicted for these metrics: 18.9 and 21.8." */
export const predictedWords = (figures: readonly RowFigure[]): string => {
  const all = joinWithAnd(figures.map(({ predictedBytes }) => formatGib(predictedBytes)));
  return `Predicted for ${figures.length === 1 ? "that metric" : "these metrics"}: ${all}.`;
};

const WHERE: Readonly<Record<MomentId, string>> = {
  load: "after loading",
  forward: "in forward",
  backward: "in backward",
  step: "in the optimizer’s step",
  zero: "between steps",
};

const FAILED: Readonly<Record<MomentId, (step: number) => string>> = {
  load: () => "while loading",
  forward: (step) => `in the forward of step ${step}`,
  backward: (step) => `in the backward of step ${step}`,
  step: (step) => `in the optimizer’s step ${step}`,
  zero: (step) => `after step ${step}`,
};

/** Where a run was out of memory: "in the backward of step 1". */
export const failedWords = ({ failedAt, steps }: MeasuredRow): string =>
  failedAt === null ? `in step ${steps + 1}` : FAILED[failedAt](steps + 1);

const gibMore = (bytes: number): string => `${formatGib(Math.abs(bytes))} GiB ${bytes < 0 ? "less" : "more"}`;

const firstWords = ({ moment, part, bytes }: OffPart): string =>
  moment === "load"
    ? `After loading ${gibMore(bytes)} than predicted: ${part}`
    : `The first difference is ${WHERE[moment]}, ${gibMore(bytes)}: ${part}`;

const partsWords = ([first, ...others]: readonly OffPart[]): string =>
  first === undefined
    ? ""
    : ` ${firstWords(first)}${others.map(({ moment, part, bytes }) => `; then ${WHERE[moment]} ${gibMore(bytes)}: ${part}`).join("")}.`;

/** How far allocated is from what is predicted, and which part is off, where the moments tell; null where it was not measured. */
export const offWords = (row: MeasuredRow, { estimate }: MethodAnswer): string | null => {
  if (row.peakBytes === null) return null;
  const { peakBytes } = predictedOfRow(estimate);
  const off = row.peakBytes - peakBytes;
  const least = leastDifference(peakBytes);
  const parts = offParts(row, estimate);
  if (Math.abs(off) < least) return `Allocated agrees.${partsWords(parts)}`;
  const [only, ...others] = parts;
  const said = `Allocated is ${gibMore(off)} than predicted`;
  if (only === undefined) return `${said}; no moment tells in which part.`;
  const isAll = others.length === 0 && Math.abs(only.bytes - off) < least;
  return isAll && only.moment !== "load"
    ? `${said}, all of it ${WHERE[only.moment]}: ${only.part}.`
    : `${said}.${partsWords(parts)}`;
};

type Of = Pick<Answer, "gpu" | "choices">;

/** Whether a row is of the card that is chosen; of a CPU: no. */
const isOfChosen = ({ device }: MeasuredRow, { gpu, choices }: Of): boolean =>
  device !== null && isSameCard(device, { ...gpu, isCustom: choices.gpu.kind === "custom" });

/** That a row is of another card than the one that is counted for; null where it is of that one. */
export const otherCardWords = (row: MeasuredRow, answer: Of): string | null =>
  row.device === null || isOfChosen(row, answer)
    ? null
    : `It was measured on another card than the ${answer.gpu.shortName} that is counted for: kernels, and what PyTorch keeps, may differ.`;

const LONGEST_MESSAGE = 240;

/** What PyTorch said, in at most so many characters, and no sign that would turn the sentence around it. */
export const messageWords = ({ message }: MeasuredRow): string | null => {
  const text = (message ?? "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD")
    .trim();
  if (text === "") return null;
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 1)}…` : text;
};

/** Whether the engine said so too, of a run that was out of memory: on the chosen card as its fit is, on another by what that one has. */
export const saidTooWords = (row: MeasuredRow, { estimate, card }: MethodAnswer, answer: Answer): string => {
  const { device } = row;
  if (device === null) return "";
  if (card.cannotRun !== null && isOfChosen(row, answer))
    return `Headroom says that it cannot run there: ${card.cannotRun}.`;
  const { fit, headroomBytes: free } = isOfChosen(row, answer) ? card : fitOnCard(estimate, bytes(device.totalBytes));
  const needed = `${formatGib(estimate.onCardBytes)} GiB needed, the most ${WHERE[estimate.peakMoment]}`;
  if (free < 0) return `Headroom says so too: ${needed}, ${formatGib(Math.abs(free))} more than there is.`;
  if (fit === "tight") return `Headroom says that it may not fit: ${needed}, ${formatGib(free)} free.`;
  return `Headroom says that it fits: ${needed}, ${formatGib(free)} free. Either it is wrong here, or others used the card.`;
};
