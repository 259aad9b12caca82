import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";

/** The method in focus; the first one shown when the focused one is not. */
export const focusedMethod = (answer: Answer): MethodAnswer | null =>
  answer.methods.find(({ method }) => method === answer.choices.method) ?? answer.methods[0] ?? null;
