import type { Outcome } from "./checked.ts";

/** Exit codes of `check`: public interface (docs/package.md). */
const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  fits: 0,
  tight: 4,
  over: 1,
  "cannot-run": 1,
  "not-readable": 2,
  "not-known": 3,
};

/** Of several scenarios: what could not be checked at all goes first, then what does not fit, what is not known, and what may not fit. */
const WORST_FIRST = [2, 1, 3, 4];

/** The exit code of one scenario. @param allowTight whether one that may not fit passes */
export const exitCodeOf = (outcome: Outcome, allowTight: boolean): number =>
  outcome === "tight" && allowTight ? 0 : EXIT_CODES[outcome];

/** The exit code of all scenarios together. */
export const exitCode = (outcomes: readonly Outcome[], allowTight: boolean): number => {
  const codes = outcomes.map((outcome) => exitCodeOf(outcome, allowTight));
  return WORST_FIRST.find((code) => codes.includes(code)) ?? 0;
};
