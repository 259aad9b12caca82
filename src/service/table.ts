import { factoredTerms } from "./answers/factored-terms.ts";
import { jsonAnswer } from "./answers/json-answer.ts";
import { libraryRuns } from "./answers/library-runs.ts";
import { modelSizes } from "./answers/model-sizes.ts";
import { openedLink } from "./answers/opened-link.ts";
import { overGpus } from "./answers/over-gpus.ts";
import { pageAnswer } from "./answers/page-answer.ts";
import { exportedFiles } from "./answers/exported-files.ts";
import { explainedError } from "./answers/explained-error.ts";
import { importedFiles } from "./answers/imported-files.ts";
import { offeredWays } from "./answers/offered-ways.ts";
import { measuringText } from "./answers/measuring-text.ts";
import { keptRows } from "./answers/kept-rows.ts";
import { stepTimeline } from "./answers/step-timeline.ts";
import { comparedGpus } from "#advice/compared-gpus.ts";
import { comparedMemory } from "#advice/compared.ts";
import { smallestRuns } from "#advice/smallest-runs.ts";
import { firstAdvice } from "./answers/first-advice.ts";
import { chosenForMe } from "./answers/chosen-for-me.ts";
import { fitMatrix } from "./answers/fit-matrix.ts";
import { fitOptions } from "./answers/fit-options.ts";
import { loadedBases } from "./answers/loaded-bases.ts";
import { pageAdvice } from "./answers/page-advice.ts";
import { pinnedAnswers } from "./answers/pinned-answers.ts";
import { runParts } from "./answers/run-parts.ts";
import { runTimeline } from "./answers/run-timeline.ts";
import { roomLeft } from "./answers/room-left.ts";
import { swept } from "./answers/swept.ts";
import { targetFigures } from "./answers/target-figures.ts";
import { trials } from "./answers/trials.ts";

/**
 * Every question that the page can ask of the engine, and the function that answers it. What is asked and what is given is data: it crosses from one thread
 * to another. Work that takes long is a generator, which other questions may come between.
 */
export const ANSWERS = {
  answer: pageAnswer,
  open: openedLink,
  timeline: stepTimeline,
  factors: factoredTerms,
  several: overGpus,
  libraries: libraryRuns,
  sizes: modelSizes,
  import: importedFiles,
  explainError: explainedError,
  waysOut: offeredWays,
  keptRows,
  export: exportedFiles,
  measure: measuringText,
  json: jsonAnswer,
  smallestRuns,
  firstAdvice,
  advice: pageAdvice,
  fitOptions,
  roomLeft,
  runParts,
  runTimeline,
  matrix: fitMatrix,
  sweep: swept,
  trials,
  targets: targetFigures,
  chooseForMe: chosenForMe,
  loadedBases,
  comparedMemory,
  comparedGpus,
  pinned: pinnedAnswers,
} as const;

type Answers = typeof ANSWERS;

export type QuestionId = keyof Answers;

/** What a question says. */
export type Asked<Id extends QuestionId> = Parameters<Answers[Id]>[0];

type Result<Work> = Work extends Generator<void, infer Value> ? Value : Awaited<Work>;

/** What is given for it. */
export type Given<Id extends QuestionId> = Result<ReturnType<Answers[Id]>>;
