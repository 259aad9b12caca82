import type { Candidate } from "./candidates/candidate.ts";
import type { OomMoment } from "./moment.ts";

/** True if a tensor is made at the place that a traceback names, as far as it names one. */
export const isOfPlace = ({ places }: Pick<Candidate, "places">, { place }: OomMoment): boolean =>
  place === null || places.includes(place);
