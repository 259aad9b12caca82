import type { Outcome } from "./checked.ts";

/** How the program ends: public interface (docs/package.md). */
export const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  fits: 0,
  tight: 0,
  over: 1,
  "cannot-run": 1,
  "not-readable": 2,
  "not-known": 3,
};

/** Of several scenarios: what could not be checked at all goes first, then what is known not to fit, then what is not known. */
const WORST_FIRST = [2, 1, 3];

/** The exit code of all scenarios together. */
export const exitCode = (outcomes: readonly Outcome[]): number => {
  const codes = outcomes.map((outcome) => EXIT_CODES[outcome]);
  return WORST_FIRST.find((code) => codes.includes(code)) ?? 0;
};
