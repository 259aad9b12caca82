import { type Chosen, chooseForMe, type Wish } from "#advice/choose-for-me.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import type { Catalog } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { ErrorReport } from "#interop/oom/error-report.ts";
import type { OomMessage } from "#interop/oom/read-oom.ts";
import { topChange, type TopChange, topChangeFacts } from "#advice/top-change.ts";
import type { RowOfScenario } from "#interop/measured/measured-rows.ts";
import { wholeCatalog } from "#service/whole-catalog.ts";
import { loadedWeights } from "#advice/loaded-weights.ts";
import type { LoadedBases } from "#advice/serving.ts";
import type { MeasuredText } from "#interop/measure/asked-of.ts";

/** A scenario that fits, what it is on the card and why it is this one; null where no method can be made to fit. */
type ChosenForMe = Pick<Chosen, "patch" | "reasons"> & Readonly<{ card: CardFit | null }>;

/**
 * From data and task to a scenario on the chosen card.
 *
 * @yields after each run of the engine
 */
export function* chosenForMe(
  { choices, wish }: Readonly<{ choices: Choices; wish: Wish }>,
  catalog: Catalog,
): Generator<void, ChosenForMe> {
  const { patch, reasons, trial } = yield* chooseForMe(choices, wish, catalog);
  return { patch, reasons, card: trial?.card ?? null };
}

type ToExplain = Readonly<{
  message: OomMessage;
  /** The run that it is held against, with the method in focus. */
  choices: Choices;
}>;

/** Which tensor of a run an out-of-memory message was about. What finds it is fetched now: a page to which nobody brings an error does without it. */
export const explainedError = async ({ message, choices }: ToExplain, catalog: Catalog): Promise<ErrorReport> => {
  const { explainedAgainst } = await import("#interop/oom/error-report.ts");
  return explainedAgainst(message, choices, catalog);
};

/**
 * The one sentence of advice, before all that is listed under it.
 *
 * @yields after each run of the engine
 */
export function* firstAdvice(
  { choices }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, TopChange> {
  return topChange(yield* topChangeFacts(choices, catalog));
}

/** Measured rows that were kept, each with its scenario; null in the place of one that cannot be read any more. Their reader is fetched now: most pages keep none. */
export const keptRows = async (
  { values }: Readonly<{ values: readonly unknown[] }>,
  here: Catalog,
): Promise<readonly (RowOfScenario | null)[]> => {
  const [catalog, { measuredRows }] = await Promise.all([
    wholeCatalog(here),
    import("#interop/measured/measured-rows.ts"),
  ]);
  return measuredRows(values, catalog);
};

/**
 * What is loaded for serving: a base in 16 bits and a quantised one, each with one adapter.
 *
 * @yields between the two
 */
export function* loadedBases(
  { choices }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, LoadedBases> {
  const lora = loadedWeights(choices, "lora", catalog);
  yield;
  return { lora, qlora: loadedWeights(choices, "qlora", catalog) };
}

type ToMeasure = Readonly<{
  choices: Choices;
  /** A script of its own, or a callback for a run that the user has. */
  as: "script" | "callback";
}>;

/** The program that measures the method in focus. What writes it is fetched now: a page on which nobody measures does without it. */
export const measuringText = async ({ choices, as }: ToMeasure, here: Catalog): Promise<MeasuredText> => {
  const [catalog, { measureScript }, { measureCallback }] = await Promise.all([
    wholeCatalog(here),
    import("#interop/measure/measure-script.ts"),
    import("#interop/measure/measure-callback.ts"),
  ]);
  return (as === "script" ? measureScript : measureCallback)(choices, catalog);
};
