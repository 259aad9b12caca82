import type { Candidate } from "./candidates/candidate.ts";
import type { OomMoment } from "./moment.ts";

/** True if a tensor is made at the place that a traceback names, as far as it names one. */
export const isOfPlace = ({ places }: Pick<Candidate, "places">, { place }: OomMoment): boolean =>
  place === null || places.includes(place);

/** True if a tensor is made at the moment that a traceback names, as far as it names one. */
export const isOfMoment = (candidate: Pick<Candidate, "phases" | "places">, moment: OomMoment): boolean =>
  (moment.phase === null || candidate.phases.includes(moment.phase)) && isOfPlace(candidate, moment);
