import { evaluate } from "./evaluate.ts";
import { generate } from "./generate.ts";
import { loading } from "./loading.ts";
import { merge } from "./merge.ts";
import { prepare } from "./prepare.ts";
import { resume } from "./resume.ts";
import type { MakeRunMoment } from "./run-input.ts";
import { save } from "./save.ts";

/** The moments that come before the first step, in order. */
export const MOMENTS_BEFORE_STEP: readonly MakeRunMoment[] = [loading, prepare, resume, generate];

/** The moments that come after a step, in order. */
export const MOMENTS_AFTER_STEP: readonly MakeRunMoment[] = [evaluate, save, merge];
