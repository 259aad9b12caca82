// Measurements of the current scenario, and whether the browser has stored rows.

import { create } from "zustand";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Measurement } from "./measurement-marks.ts";

/** What was measured of the scenario whose answer is shown; the choices that it is said of. */
type Shown = Readonly<{ choices: Choices | null; measurements: readonly Measurement[] }>;

const NONE: readonly Measurement[] = [];

/** Set by `measured-runs.ts`, which comes with the first measurement: a page without one, and an embed, do without it. */
export const useShownMeasurements = create<Shown>(() => ({ choices: null, measurements: NONE }));

/** What was measured of the scenario that these choices are of, at most one run of each method. */
export const useMeasurements = (of: Choices): readonly Measurement[] => {
  const { choices, measurements } = useShownMeasurements();
  return choices === of ? measurements : NONE;
};

/** What this browser keeps rows under, and nothing else: the rows as they came, in JSON, the newest first. */
export const KEPT_KEY = "headroom-measured";

/** Whether this browser keeps rows; also of a storage that cannot be read: no. */
export const hasKeptRows = (): boolean => {
  try {
    return localStorage.getItem(KEPT_KEY) !== null;
  } catch {
    return false;
  }
};
