import type { Fit } from "#calc/model/memory-estimate.ts";

/** How a terminal says whether something fits. */
export const FIT_NAMES: Readonly<Record<Fit, string>> = {
  fits: "fits",
  tight: "may not fit",
  over: "does not fit",
  "cannot-run": "cannot run",
};
