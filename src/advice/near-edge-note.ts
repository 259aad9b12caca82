import { type EdgeClass, edgeClass } from "#calc/model/edge-class.ts";
import { NEAR_EDGE } from "#catalog/near-edge.ts";
import { formatCount } from "#format/count.ts";
import { type Answer, fitOf, type MethodAnswer } from "#scenario/choices/answer.ts";
import type { CardNote } from "./card-notes.ts";

/** With fewer runs a share says little. */
const ENOUGH_RUNS = 5;

/** The way in which the deciding figure was found: moments outside the step are never replayed. */
const edgeOf = ({ run, estimate, scenario }: MethodAnswer): EdgeClass =>
  run === undefined || run.worst.id === "step" ? edgeClass(estimate.basis, scenario.gpus) : "rule";

/** "Of 11 published runs this close, 9 ran." */
const evidenceWords = (edge: EdgeClass): string => {
  const { runs, ran } = NEAR_EDGE[edge];
  return runs < ENOUGH_RUNS
    ? "Few published runs are this close."
    : `Of ${formatCount(runs)} published runs this close, ${formatCount(ran)} ran.`;
};

/** The outcome of published runs that came as close to their card as the method in focus; null where that does not end in "may not fit". */
export const nearEdgeNote = ({ choices, methods }: Answer): CardNote | null => {
  const focus = methods.find(({ method }) => method === choices.method) ?? methods[0];
  if (focus === undefined || fitOf(focus) !== "tight") return null;
  return { id: "near-edge", says: evidenceWords(edgeOf(focus)) };
};
