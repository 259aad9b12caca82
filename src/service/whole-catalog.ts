// The catalog that a question is answered with; one object per custom architecture.

import { type Catalog, loadFullCatalog, POPULAR_CATALOG } from "#catalog/catalog.ts";
import { type Choices, hasKnownRows } from "#scenario/keys/choices.ts";
import type { Architecture } from "#calc/model/architecture.ts";

/** The rows of the whole catalog, once they are here. */
let full: Catalog | null = null;

const whole = async (): Promise<Catalog> => (full = await loadFullCatalog());

/**
 * The catalog that a question is answered with: the popular rows, unless it is asked from a page that has all of them or names others.
 *
 * @returns at once where the rows are here, so that a slider's answer waits for nothing
 */
export const catalogFor = (choices: Choices | undefined, complete: boolean): Catalog | Promise<Catalog> => {
  if (!complete && (choices === undefined || hasKnownRows(POPULAR_CATALOG, choices))) return POPULAR_CATALOG;
  return full ?? whole();
};

/** The catalog where any model may be named; the rows that are here where the others cannot be had. */
export const wholeCatalog = (here: Catalog): Promise<Catalog> =>
  Promise.resolve(catalogFor(undefined, true)).catch(() => here);

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
export const internedChoices = (choices: Choices): Choices =>
  choices.model.kind === "architecture"
    ? { ...choices, model: { kind: "architecture", architecture: internedArchitecture(choices.model.architecture) } }
    : choices;
