import { evaluate } from "./evaluate.ts";
import type { MakeRunMoment } from "./run-input.ts";

/** The moments that come before the first step, in order. */
export const MOMENTS_BEFORE_STEP: readonly MakeRunMoment[] = [];

/** The moments that come after a step, in order. */
export const MOMENTS_AFTER_STEP: readonly MakeRunMoment[] = [evaluate];
