import { ranAsWords } from "#catalog/stack-words.ts";
import { formatGib } from "#format/bytes.ts";
import { type EstimateJson, knownMethods, type KnownMethodJson } from "#scenario/choices/estimate-json.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { notKnownLines } from "#package/not-known.ts";
import { isNotKnownIssue } from "#scenario/choices/issue.ts";
import { issueText } from "./issue-text.ts";

const FITS: Readonly<Record<KnownMethodJson["fit"], string>> = {
  fits: "fits",
  tight: "may not fit",
  over: "does not fit",
  "cannot-run": "cannot run",
};

/** What the training step leaves out, where it is asked for. */
const runText = ({ moments, worstMoment, fit, headroomBytes }: NonNullable<KnownMethodJson["run"]>): string => {
  const each = moments.map(({ id, peakBytes }) => `${id} ${formatGib(peakBytes)} GiB`).join(", ");
  const spare = `${formatGib(Math.abs(headroomBytes))} GiB ${headroomBytes < 0 ? "too much" : "to spare"}`;
  const others = moments.filter((moment) => moment.fit === "not-known").map(({ id }) => id);
  const without = others.length === 0 ? "" : ` without ${others.join(" and ")}, which is not known`;
  return `The whole run ${FITS[fit]}${without}, with ${spare} in its worst moment, ${worstMoment} (allocated: ${each}).`;
};

const methodText = ({
  method,
  onCardBytes,
  onCardRangeBytes: [low, high],
  peakBytes,
  fit,
  cannotRun,
  run,
}: KnownMethodJson): string => {
  const figures = `needs ${formatGib(onCardBytes)} GiB on each GPU (${formatGib(low)} to ${formatGib(high)}; PyTorch allocates ${formatGib(peakBytes)})`;
  return `${METHOD_NAMES[method].label} ${figures}: ${cannotRun ?? FITS[fit]}.${run === undefined ? "" : ` ${runText(run)}`}`;
};

/** The card and each method; nothing where something that was asked for is not known. */
const figures = (estimate: EstimateJson): readonly string[] => {
  const { gpu, scenario } = estimate;
  const methods = knownMethods(estimate);
  if (methods.length === 0 || gpu.usableBytes === null) return [];
  const usable = `${formatGib(gpu.usableBytes)} GiB usable${gpu.estimated ? ", estimated" : ""}`;
  return [`On ${String(scenario["gpus"])} x ${gpu.name} (${usable}):`, ...methods.map(methodText)];
};

/** An estimate in sentences: what was taken otherwise than it was given, as the figures are of that; then number, range, version and link. */
export const estimateText = (estimate: EstimateJson): string => {
  const { version, link, issues, library } = estimate;
  const ranAs = library === null || estimate.notKnown !== null ? null : ranAsWords(library);
  return [
    ...issues.filter((issue) => !isNotKnownIssue(issue)).map(issueText),
    ...notKnownLines(estimate),
    ...figures(estimate),
    ...estimate.notCounted,
    ...(ranAs === null ? [] : [ranAs]),
    `Link: ${link} (version ${version})`,
  ]
    .join("\n")
    .replaceAll("\u00A0", " ");
};
