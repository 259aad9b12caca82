import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { notKnownSentence } from "#scenario/choices/not-known.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import type { OomSubject } from "./candidates/candidate.ts";

/**
 * The run that choices describe, with the method in focus, for an error to be held against.
 *
 * @throws Error with a sentence where the choices name something that is not known
 */
export const oomSubject = (choices: Choices, catalog: Catalog): OomSubject => {
  const { methods, notKnown } = toAnswer({ ...choices, show: [choices.method] }, catalog);
  if (notKnown.length > 0) throw new Error(notKnownSentence(notKnown));
  const [answered] = methods;
  if (answered === undefined) throw new Error("The method in focus is not among the methods of the answer.");
  const { scenario, estimate } = answered;
  return { engine: ENGINE, scenario, estimate, layout: ENGINE.layoutOf(scenario.architecture) };
};
