import type { Catalog } from "#catalog/catalog.ts";
import type { ErrorReport } from "#interop/oom/error-report.ts";
import type { OomMessage } from "#interop/oom/read-oom.ts";
import type { Choices } from "#scenario/keys/choices.ts";

type ToExplain = Readonly<{
  message: OomMessage;
  /** The run that it is held against, with the method in focus. */
  choices: Choices;
}>;

/** Which tensor of a run an out-of-memory message was about. What finds it is fetched now: a page to which nobody brings an error does without it. */
export const explainedError = async ({ message, choices }: ToExplain, catalog: Catalog): Promise<ErrorReport> => {
  const { explainedAgainst } = await import("#interop/oom/explained-against.ts");
  return explainedAgainst(message, choices, catalog);
};
