import type { Catalog } from "#catalog/catalog.ts";
import { configLines } from "#interop/config-lines/config-lines.ts";
import { linesElsewhere } from "#interop/config-lines/lines-elsewhere.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Way } from "./fit-option.ts";
import { answerForOne } from "./answer-for-one.ts";

/** What the method in focus comes to with some changes, and their lines. */
export const wayTo = (
  { changes, patch }: Pick<Way, "changes" | "patch">,
  { before, after }: Readonly<{ before: Choices; after: Choices }>,
  catalog: Catalog,
): Way => ({
  changes,
  patch,
  answer: answerForOne(after, catalog),
  lines: [configLines(before, after, catalog), ...linesElsewhere(before, after, catalog)],
});
