import type { Architecture } from "#calc/model/architecture.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** So many architectures of people's own are remembered: more than anyone compares. */
const MOST_KEPT = 32;

const known = new Map<string, Architecture>();

/** The same object for the same fields: what crosses from thread to thread is a copy each time, and what the engine remembers of a model it finds by the object. */
const internedArchitecture = (architecture: Architecture): Architecture => {
  const text = JSON.stringify(architecture);
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= MOST_KEPT) known.clear();
  known.set(text, architecture);
  return architecture;
};

/** Choices that have come from another thread, with an architecture of the user's own as the engine has met it before. */
export const interned = (choices: Choices): Choices =>
  choices.model.kind === "architecture"
    ? { ...choices, model: { kind: "architecture", architecture: internedArchitecture(choices.model.architecture) } }
    : choices;
