import { formatGib } from "#format/bytes.ts";
import type { Term } from "#calc/model/term.ts";
import { TERM_STYLE } from "./term-style.ts";
import { type Bar, type BarsData, gapText } from "./memory-bars.ts";

/** How a segment is read aloud: "Logits and loss, 7.8 GiB, 29 % of LoRA". */
export const spokenSegment = (term: Term, bar: Bar): string =>
  `${TERM_STYLE[term.id].label}, ${formatGib(term.bytes)} GiB, ${sharePercent(term, bar)} of ${bar.name}`;

const spokenMeasured = ({ measured = [] }: Bar): string =>
  measured.map(({ bytes, metric }) => `, measured ${formatGib(bytes)} GiB ${metric}`).join("");

/** Nothing where that is no more than the bar has, as it is written. */
const spokenSeen = ({ seenBytes, totalBytes }: Bar): string => {
  const gib = formatGib(seenBytes ?? 0);
  return (seenBytes ?? 0) <= totalBytes || gib === formatGib(totalBytes)
    ? ""
    : `, PyTorch may take up to ${gib} GiB while there is room`;
};

const spokenDeclared = ({ declaredBytes }: Bar): string =>
  declaredBytes === undefined ? "" : `, ${formatGib(declaredBytes)} GiB reserved by vLLM`;

/** How a bar is read aloud: "LoRA: 26.8 GiB on the card, 3.2 GiB over"; what may be seen of it where that is more, what was measured where it was. */
export const spokenBar = (bar: Bar): string =>
  `${bar.name}: ${formatGib(bar.totalBytes)} GiB on the card${spokenDeclared(bar)}, ${gapText(bar).replace("\u00a0", " ")}${spokenSeen(bar)}${spokenMeasured(bar)}`;

/** The whole drawing in words. */
export const spokenBars = ({ bars, chosen }: BarsData): string =>
  `Memory on the card by method, against ${chosen.label} with ${formatGib(chosen.bytes)} GiB. ${bars
    .map(spokenBar)
    .join(". ")}.`;

/** A term's share of its bar: "29 %", "under 1 %". */
export const sharePercent = (term: Term, bar: Bar): string => {
  const share = bar.totalBytes > 0 ? (term.bytes / bar.totalBytes) * 100 : 0;
  return share > 0 && share < 1 ? "under 1\u00a0%" : `${Math.round(share)}\u00a0%`;
};
