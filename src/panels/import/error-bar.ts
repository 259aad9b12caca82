import { TERM_IDS } from "#calc/model/term.ts";
import type { RequestBarData } from "#charts/request-bar.ts";
import { formatGib } from "#format/bytes.ts";
import { TERM_NAMES } from "#format/term-names.ts";
import type { ErrorReport } from "#interop/oom/error-report.ts";

/** The bar of a card at an error. */
export const barOf = ({ atError, card }: Pick<ErrorReport, "atError" | "card">): RequestBarData => ({
  name: "At the error",
  terms: { ...atError.counted, framework: atError.besideBytes },
  uncountedBytes: atError.uncountedBytes,
  othersBytes: atError.othersBytes,
  requestBytes: atError.requestBytes,
  chosen: { label: card, bytes: atError.capacityBytes },
});

/** How it is read aloud: "At the error: Base weights 15.0 GiB, not known 4.2 GiB; tried 3.9 GiB more, against 23.5 GiB of RTX 4090." */
export const spokenBar = (bar: RequestBarData): string => {
  const { name, terms, uncountedBytes, othersBytes, requestBytes, chosen } = bar;
  const parts = [
    ...TERM_IDS.map((id) => [TERM_NAMES[id].label, terms[id] ?? 0] as const),
    ["not known", uncountedBytes] as const,
    ["other processes", othersBytes] as const,
  ].flatMap(([label, bytes]) => (bytes > 0 ? [`${label} ${formatGib(bytes)} GiB`] : []));
  return `${name}: ${parts.join(", ")}; tried ${formatGib(requestBytes)} GiB more, against ${formatGib(chosen.bytes)} GiB of ${chosen.label}.`;
};
