import { TERM_STYLE } from "#charts/term-style.ts";
import type { SeriesPoint } from "#charts/timeline-series.ts";
import { formatGib } from "#format/bytes.ts";

/** A point of the step for those who hear it: where it is, its total, then its terms, the largest first. */
export const pointInWords = ({ name, totalBytes, seenBytes, terms }: SeriesPoint, isPeak: boolean): string => {
  const there = terms.filter(({ bytes }) => bytes > 0).toSorted((one, other) => other.bytes - one.bytes);
  const words = there.map(({ id, bytes }) => `${TERM_STYLE[id].label.toLowerCase()} ${formatGib(bytes)}`);
  const seen = seenBytes === null ? "" : `, ${formatGib(seenBytes)} GiB seen`;
  return `${isPeak ? "Peak: " : ""}${name}, ${formatGib(totalBytes)} GiB${seen}: ${words.join(", ")}`;
};
