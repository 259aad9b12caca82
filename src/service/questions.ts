// Every question that the page can ask the engine, with the function that answers it.

import { factoredTerms, stepTimeline } from "./answers/explained-step.ts";
import { jsonAnswer, exportedFiles, importedFiles, explainedError, measuringText, keptRows } from "./answers/files.ts";
import { pinnedAnswers, pageAnswer } from "./answers/page-answer.ts";
import {
  pageAdvice,
  firstAdvice,
  chosenForMe,
  loadedBases,
  offeredWays,
  roomLeft,
  sweepAnswer,
  targetFigures,
  triedPatches,
} from "./answers/advice-answers.ts";
import { libraryRuns } from "./answers/library-runs.ts";
import { modelSizes } from "./answers/model-modules.ts";
import { openedLink } from "./answers/opened-link.ts";
import { gpuDivision } from "./answers/gpu-division.ts";
import { comparedGpus, comparedMemory } from "#advice/article-comparison.ts";
import { smallestRuns } from "#advice/smallest-gpu.ts";
import { fitMatrix, fitOptions } from "./answers/fit-options.ts";
import { runParts, runTimeline } from "./answers/run-timeline.ts";

/**
 * Every question that the page can ask of the engine, and the function that answers it. What is asked and what is given is data: it crosses from one thread
 * to another. Work that takes long is a generator, which other questions may come between.
 */
export const ANSWERS = {
  answer: pageAnswer,
  open: openedLink,
  timeline: stepTimeline,
  factors: factoredTerms,
  several: gpuDivision,
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
  sweep: sweepAnswer,
  trials: triedPatches,
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
export type QuestionInput<Id extends QuestionId> = Parameters<Answers[Id]>[0];

type Result<Work> = Work extends Generator<void, infer Value> ? Value : Awaited<Work>;

/** What is given for it. */
export type QuestionResult<Id extends QuestionId> = Result<ReturnType<Answers[Id]>>;
