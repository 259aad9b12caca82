import "#calc/families/all-families.ts";
import "#calc/parallel/all-strategies.ts";
import { articlePeaks } from "./answers/article-peaks.ts";
import { jsonAnswer } from "./answers/json-answer.ts";
import { libraryRuns } from "./answers/library-runs.ts";
import { modelSizes } from "./answers/model-sizes.ts";
import { openedLink } from "./answers/opened-link.ts";
import { overGpus } from "./answers/over-gpus.ts";
import { pageAnswer } from "./answers/page-answer.ts";
import { readConfig } from "./answers/read-config.ts";
import { stepTimeline } from "./answers/step-timeline.ts";

/**
 * Every question that the page can ask of the engine, and the function that answers it. What is asked and what is given is data: it crosses from one thread
 * to another. Work that takes long is a generator, which other questions may come between.
 */
export const ANSWERS = {
  answer: pageAnswer,
  open: openedLink,
  timeline: stepTimeline,
  several: overGpus,
  libraries: libraryRuns,
  article: articlePeaks,
  sizes: modelSizes,
  config: readConfig,
  json: jsonAnswer,
} as const;

type Answers = typeof ANSWERS;

export type QuestionId = keyof Answers;

/** What a question says. */
export type Asked<Id extends QuestionId> = Parameters<Answers[Id]>[0];

type Result<Work> = Work extends Generator<void, infer Value> ? Value : Awaited<Work>;

/** What is given for it. */
export type Given<Id extends QuestionId> = Result<ReturnType<Answers[Id]>>;
