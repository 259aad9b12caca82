import { errorFraction, errorStatistics } from "#advice/error-statistics.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import type { HeldRow } from "./accuracy/contributed.ts";
import { gib, percent, signed } from "./error-figures.ts";
import { textTable } from "#package/terminal-text.ts";

const rowCells = ({ id, row, method, compared }: HeldRow): readonly string[] => {
  const device = row.device?.name ?? "a CPU";
  if (compared !== null)
    return [
      id,
      method.method,
      device,
      gib(compared.measuredBytes),
      gib(compared.predictedBytes),
      signed(errorFraction(compared)),
    ];
  return row.outcome === "ran"
    ? [id, method.method, device, "not measured", "", ""]
    : [id, method.method, device, "out of memory", gib(method.estimate.onCardBytes), method.card.fit];
};

/** Contributed rows, a group of their own: allocated GiB, measured and predicted; of a run out of memory what is needed on the card, and whether that fits. Nothing where there are none. */
export const contributedLines = (held: readonly HeldRow[]): readonly string[] => {
  if (held.length === 0) return [];
  const compared = held.flatMap((each) => each.compared ?? []);
  const { median, p90 } = errorStatistics(compared);
  const errors =
    compared.length === 0
      ? ""
      : `: median ${percent(median)} · p90 ${percent(p90)} · ${compared.length} rows allocated`;
  return [
    `Contributed, measured with the script of their scenario${errors}`,
    ...textTable([["row", "method", "device", "measured", "predicted", "error"], ...held.map(rowCells)]),
    "",
  ];
};

/** A JSON object a row. */
export const contributedJson = ({ id, row, answer, method, compared }: HeldRow): string =>
  JSON.stringify({
    id,
    source: "contributed",
    method: method.method,
    stack: answer.choices.stack,
    group: "contributed",
    outcome: row.outcome,
    metric: "allocated",
    predictedBytes: compared?.predictedBytes ?? null,
    measuredBytes: compared?.measuredBytes ?? null,
    errorFraction: compared === null ? null : errorFraction(compared),
    fit: method.card.fit,
    link: encodeLink(answer.choices),
  });
