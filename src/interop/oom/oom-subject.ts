import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import type { OomSubject } from "./candidates/candidate.ts";

/** The run that choices describe, with the method in focus, for an error to be held against. */
export const oomSubject = (choices: Choices, catalog: Catalog): OomSubject => {
  const [answered] = toAnswer({ ...choices, show: [choices.method] }, catalog).methods;
  if (answered === undefined) throw new Error("The method in focus is not among the methods of the answer.");
  const { scenario, estimate } = answered;
  return { engine: ENGINE, scenario, estimate, layout: ENGINE.layoutOf(scenario.architecture) };
};
