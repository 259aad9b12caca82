import { isWorse } from "#scenario/choices/is-worse.ts";
import type { MethodAtMoment, RunPart, RunPartId, RunParts } from "#service/answers/run-parts.ts";

/** The method in focus at a part of its run; null where it has no such part. */
export const atPart = ({ methods }: RunPart, { focus }: Pick<RunParts, "focus">): MethodAtMoment | null =>
  methods.find(({ method }) => method === focus) ?? null;

/** The part that leaves the least of the card among some; the step where another leaves as much. What is known only as another library runs it is none of them. */
const worstPart = (run: RunParts, among: (part: RunPart) => boolean): RunPart | null => {
  const isAmong = (part: RunPart): boolean => among(part) && (atPart(part, run)?.otherRule ?? null) === null;
  const step = run.parts.find(({ id }) => id === "step");
  let worst = step !== undefined && isAmong(step) ? step : null;
  for (const part of run.parts.filter(isAmong)) {
    const here = atPart(part, run);
    const there = worst && atPart(worst, run);
    if (here !== null && (!there || isWorse(here.card, there.card))) worst = part;
  }
  return worst;
};

/** The part that is looked at: the chosen one where the method in focus has it, else the worst of those counted. */
export const lookedAtPart = (run: RunParts, chosen: RunPartId | null): RunPart | null => {
  const part = run.parts.find(({ id }) => id === chosen);
  if (part !== undefined && atPart(part, run) !== null) return part;
  return worstPart(run, ({ standing }) => standing === "counted");
};

/** What the line under the strip is about. */
export type SaidOf = Readonly<{ part: RunPart; at: MethodAtMoment; isWarning: boolean }>;

/** The worst part that nobody counts and that does not fit, where all that is counted fits; null where there is none. */
const uncountedOver = (run: RunParts, without: readonly RunPartId[]): RunPart | null => {
  const counted = worstPart(run, ({ standing }) => standing === "counted");
  if (counted === null || atPart(counted, run)?.card.fit === "over") return null;
  const worst = worstPart(run, ({ id, standing }) => standing !== "counted" && !without.includes(id));
  return worst !== null && atPart(worst, run)?.card.fit === "over" ? worst : null;
};

/** What is said under the strip: that a part which nobody counts does not fit, until the reader looks at a part of the run himself; else of the part that is looked at. */
export const saidOf = (
  run: RunParts,
  part: RunPart | null,
  { chosen, without }: Readonly<{ chosen: RunPartId | null; without: readonly RunPartId[] }>,
): SaidOf | null => {
  const over = chosen === null || chosen === "step" ? uncountedOver(run, without) : null;
  const said = over ?? part;
  const at = said && atPart(said, run);
  return said === null || at === null ? null : { part: said, at, isWarning: over !== null };
};
