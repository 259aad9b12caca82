import type { Candidate } from "./candidates/candidate.ts";
import type { OomMoment } from "./moment.ts";
import { isOfPlace } from "./is-of-place.ts";

/** True if a tensor is made at the moment that a traceback names, as far as it names one. */
export const isOfMoment = (candidate: Pick<Candidate, "phases" | "places">, moment: OomMoment): boolean =>
  (moment.phase === null || candidate.phases.includes(moment.phase)) && isOfPlace(candidate, moment);
