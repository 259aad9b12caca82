import { ALL_ORIGINS } from "./candidates/all-origins.ts";
import type { Candidate, OomSubject } from "./candidates/candidate.ts";
import { middleOf } from "./byte-range.ts";
import { isOfMoment } from "./is-of-moment.ts";
import type { OomMessage } from "./read-oom.ts";
import type { Request } from "./request-range.ts";

/** Any size: origins then list what a scenario has, with its own rows. */
const ANY: Request = { ranges: [{ low: 1, high: Infinity }], isVague: false };

/**
 * The tensor that this scenario makes at the moment of a traceback whose size is nearest to the request; null where no moment is named, or no tensor of it is
 * known.
 */
export const closestCandidate = ({ moment, figures }: OomMessage, subject: OomSubject): Candidate | null => {
  if (moment.phase === null && moment.place === null) return null;
  const tried = middleOf(figures.tried);
  const far = ({ bytes }: Candidate): number => Math.abs(Math.log(bytes / tried));
  const [closest] = ALL_ORIGINS.flatMap((origin) => origin({ subject, request: ANY, moment }))
    .filter((each) => each.isUnset !== true && isOfMoment(each, moment))
    .toSorted((one, other) => far(one) - far(other));
  return closest ?? null;
};
