import { ranAsWords } from "#catalog/stack-words.ts";
import { formatGib } from "#format/bytes.ts";
import type { EstimateJson } from "#scenario/choices/estimate-json.ts";
import { METHOD_NAMES } from "#scenario/choices/method-names.ts";
import { issueText } from "./issue-text.ts";

type MethodJson = EstimateJson["methods"][number];

const FITS: Readonly<Record<MethodJson["fit"], string>> = {
  fits: "fits",
  tight: "is tight",
  over: "does not fit",
  "cannot-run": "cannot run",
};

/** What the training step leaves out, where it is asked for. */
const runText = ({ moments, worstMoment, fit, headroomBytes }: NonNullable<MethodJson["run"]>): string => {
  const each = moments.map(({ id, peakBytes }) => `${id} ${formatGib(peakBytes)} GiB`).join(", ");
  const spare = `${formatGib(Math.abs(headroomBytes))} GiB ${headroomBytes < 0 ? "too much" : "to spare"}`;
  return `The whole run ${FITS[fit]}, with ${spare} in its worst moment, ${worstMoment} (allocated: ${each}).`;
};

const methodText = ({
  method,
  onCardBytes,
  onCardRangeBytes: [low, high],
  peakBytes,
  fit,
  cannotRun,
  run,
}: MethodJson): string => {
  const figures = `needs ${formatGib(onCardBytes)} GiB on each GPU (${formatGib(low)} to ${formatGib(high)}; PyTorch allocates ${formatGib(peakBytes)})`;
  return `${METHOD_NAMES[method].label} ${figures}: ${cannotRun ?? FITS[fit]}.${run === undefined ? "" : ` ${runText(run)}`}`;
};

/** An estimate in sentences: what was taken otherwise than it was given, as the figures are of that; then number, range, version and link. */
export const estimateText = ({ version, link, gpu, library, scenario, methods, issues }: EstimateJson): string =>
  [
    ...issues.map(issueText),
    `On ${String(scenario["gpus"])} x ${gpu.name} (${formatGib(gpu.usableBytes)} GiB usable${gpu.estimated ? ", estimated" : ""}):`,
    ...methods.map(methodText),
    ...(library === null ? [] : [ranAsWords(library)].filter((words) => words !== null)),
    `Link: ${link} (version ${version})`,
  ]
    .join("\n")
    .replaceAll("\u00A0", " ");
