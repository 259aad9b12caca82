import type { Catalog } from "#catalog/catalog.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { settle } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** The answer for the method in focus alone. */
export const answerForOne = (choices: Choices, catalog: Catalog): Answer =>
  toAnswer({ ...settle(choices), show: [choices.method] }, catalog);
