import { GIB } from "#calc/base/bytes.ts";
import { leftOutLines } from "./accuracy-report.ts";
import { type HeldFit, missSide } from "./accuracy/held-fit.ts";
import type { LeftOutRun } from "./accuracy/left-out-run.ts";
import { knownReason } from "./accuracy/known-reason.ts";

/** Facts and measured runs held against what is predicted of them on their cards. */
export type FitResult = Readonly<{ held: readonly HeldFit[]; leftOut: readonly LeftOutRun[] }>;

const TITLES: Readonly<Record<HeldFit["kind"], string>> = {
  ran: "Ran",
  failed: "Ran out of memory",
  context: "Longest context",
};

const KINDS: readonly HeldFit["kind"][] = ["ran", "failed", "context"];

const gib = (bytes: number): string => (bytes / GIB).toFixed(2);

/** What was predicted, in a line: "over: 48.05 (46.90 to 54.12) GiB for 47.04 usable, by replay". */
const predicted = ({ fit, onCard, usableBytes, tokens, run }: HeldFit): string => {
  const { basis, onCardBytes, onCardRangeBytes } = onCard;
  const [low, high] = onCardRangeBytes;
  const memory = `${gib(onCardBytes)} (${gib(low)} to ${gib(high)}) GiB for ${gib(usableBytes)} usable, by ${basis}`;
  return tokens === null ? `${fit}: ${memory}` : `${tokens} tokens for ${run.seq_len}; ${memory}`;
};

const missLine = (held: HeldFit): string =>
  `  ${held.run.id}  ${predicted(held)}  ${knownReason(held.run, missSide(held)) ?? "reason not known"}`;
const hitLine = (held: HeldFit): string => `  ${held.run.id}  ${predicted(held)}`;

const kindLines = (held: readonly HeldFit[], kind: HeldFit["kind"]): readonly string[] => {
  const all = held.filter((each) => each.kind === kind);
  const [hits, misses] = [all.filter(({ isHit }) => isHit), all.filter(({ isHit }) => !isHit)];
  return [
    `${TITLES[kind]}, predicted so: ${hits.length} of ${all.length}`,
    ...hits.map(hitLine),
    `${TITLES[kind]}, predicted otherwise: ${misses.length}`,
    ...misses.map(missLine),
    "",
  ];
};

/** Hits and misses by what happened, and what could not be held against anything. */
export const fitLines = ({ held, leftOut }: FitResult): readonly string[] => [
  ...KINDS.flatMap((kind) => kindLines(held, kind)),
  ...leftOutLines(leftOut),
];

/** `fit: A of B that ran; C of D that failed; E of F contexts within 15 %`. */
export const fitSummary = ({ held }: FitResult): string => {
  const [ran, failed, contexts] = KINDS.map((kind) => {
    const all = held.filter((each) => each.kind === kind);
    return `${all.filter(({ isHit }) => isHit).length} of ${all.length}`;
  });
  return `fit: ${ran} that ran; ${failed} that failed; ${contexts} contexts within 15 %`;
};
