import "#calc/families/all-families.ts";
import "#calc/parallel/all-strategies.ts";
import { openedLink } from "./answers/opened-link.ts";
import { pageAnswer } from "./answers/page-answer.ts";

/**
 * Every question that the page can ask of the engine, and the function that answers it. What is asked and what is given is data: it crosses from one thread
 * to another. Work that takes long is a generator, which other questions may come between.
 */
export const ANSWERS = {
  answer: pageAnswer,
  open: openedLink,
} as const;

type Answers = typeof ANSWERS;

export type QuestionId = keyof Answers;

/** What a question says. */
export type Asked<Id extends QuestionId> = Parameters<Answers[Id]>[0];

type Result<Work> = Work extends Generator<void, infer Value> ? Value : Awaited<Work>;

/** What is given for it. */
export type Given<Id extends QuestionId> = Result<ReturnType<Answers[Id]>>;
