import type { Bytes } from "#calc/base/quantity.ts";
import { estimated } from "#calc/model/estimated.ts";
import type { RunMomentId } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Trial } from "./trial.ts";

/** What takes most of the worst moment of a run: a term of the step, or outside it what is alive by name. */
export type Most = Readonly<{ name: string; bytes: Bytes; moment: RunMomentId }>;

/** What takes most of a method that does not fit, in its worst moment; null where it fits, and where it cannot run. */
export const mostOf = ({ scenario, fit, worstOutside }: Trial): Most | null => {
  if (fit !== "over") return null;
  if (worstOutside !== null) {
    const [first] = worstOutside.alive;
    return first === undefined ? null : { ...first, moment: worstOutside.id };
  }
  const [most] = estimated(ENGINE.estimate(scenario)).terms.toSorted((one, other) => other.bytes - one.bytes);
  return most === undefined ? null : { name: most.id, bytes: most.bytes, moment: "step" };
};
