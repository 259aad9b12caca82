/** The longest that one question is worked on. */
export const LONGEST_MILLISECONDS = 60_000;

/** Said of a question that takes longer. */
export const TOO_LONG = "No answer: the scenario is too large to work out in a minute.";
