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
  requestBytes: atError.requestBytes,
  chosen: { label: card, bytes: atError.capacityBytes },
});

/** How it is read aloud: "At the error: Base weights 15.0 GiB, not known 4.2 GiB; tried 3.9 GiB more, against 23.5 GiB of RTX 4090." */
export const spokenBar = ({ name, terms, uncountedBytes, requestBytes, chosen }: RequestBarData): string => {
  const parts = TERM_IDS.flatMap((id) => {
    const bytes = terms[id] ?? 0;
    return bytes > 0 ? [`${TERM_NAMES[id].label} ${formatGib(bytes)} GiB`] : [];
  });
  const all = uncountedBytes > 0 ? [...parts, `not known ${formatGib(uncountedBytes)} GiB`] : parts;
  return `${name}: ${all.join(", ")}; tried ${formatGib(requestBytes)} GiB more, against ${formatGib(chosen.bytes)} GiB of ${chosen.label}.`;
};
