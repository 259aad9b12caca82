import type { RunMomentId } from "#calc/model/whole-run.ts";
import type { Trial } from "./trial.ts";

/** Moments that are known only as another library runs them. */
const unknownIn = ({ run }: Pick<Trial, "run">): readonly RunMomentId[] => (run === null ? [] : run().unknown);

/** True if every moment of the run that is known before a change is known after it: a change that only hides what a run takes saves nothing. */
export const staysKnown = (start: Pick<Trial, "run">, changed: Pick<Trial, "run">): boolean => {
  const before = unknownIn(start);
  return unknownIn(changed).every((id) => before.includes(id));
};
