import type { Candidate, OomSubject } from "./candidates/candidate.ts";
import type { OomMessage } from "./read-oom.ts";

type Heard = Readonly<{ message: Pick<OomMessage, "moment">; subject: Pick<OomSubject, "scenario"> }>;

/**
 * Whether more than a size speaks for a candidate: some length gives nearly any size, so that without a place in a traceback it is no more than possible. The
 * default batch of an evaluation with rows of the set length, in an evaluation, is more.
 */
export const isSure = (
  { fits, rows, isGuess }: Pick<Candidate, "fits" | "rows" | "isGuess">,
  { message, subject }: Heard,
): boolean => {
  const { phase, place } = message.moment;
  if (isGuess === true) return false;
  if (place !== null || fits === "fixed" || fits === "as-set") return true;
  return fits === "evaluation" && phase === "evaluate" && rows?.length === subject.scenario.sequence_length;
};
