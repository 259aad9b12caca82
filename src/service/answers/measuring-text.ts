import type { Catalog } from "#catalog/catalog.ts";
import type { MeasuredText } from "#interop/measure/measured-text.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { wholeCatalog } from "#service/whole-catalog.ts";

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
