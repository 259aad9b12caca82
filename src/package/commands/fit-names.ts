import type { Status } from "#format/status-shapes.ts";

/** How a terminal says whether something fits. */
export const FIT_NAMES: Readonly<Record<Status, string>> = {
  fits: "fits",
  tight: "may not fit",
  over: "does not fit",
  "cannot-run": "cannot run",
  "not-known": "not known",
};
