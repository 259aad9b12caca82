import type { Catalog } from "#catalog/catalog.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type ErrorReport, errorReport } from "./error-report.ts";
import { oomSubject } from "./oom-subject.ts";
import type { OomMessage } from "./read-oom.ts";

/** What is said of an error, held against the method in focus of some choices. */
export const explainedAgainst = (message: OomMessage, choices: Choices, catalog: Catalog): ErrorReport =>
  errorReport({
    message,
    choices,
    subject: oomSubject(choices, catalog),
    card: answerGpu(choices.gpu, catalog),
  });
