import { create } from "zustand";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Measurement } from "./own-measurement.ts";

/** What was measured of the scenario whose answer is shown; the choices that it is said of. */
type Shown = Readonly<{ choices: Choices | null; measurements: readonly Measurement[] }>;

const NONE: readonly Measurement[] = [];

/** Set by `follow.ts`, which comes with the first measurement: a page without one, and an embed, do without it. */
export const useShownMeasurements = create<Shown>(() => ({ choices: null, measurements: NONE }));

/** What was measured of the scenario that these choices are of, at most one run of each method. */
export const useMeasurements = (of: Choices): readonly Measurement[] => {
  const { choices, measurements } = useShownMeasurements();
  return choices === of ? measurements : NONE;
};
