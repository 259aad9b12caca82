import type { CardFit, MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { focusedMethod } from "#panels/answer/focused-method.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { differenceWords } from "./difference-words.ts";

/** One scenario beside others: its method in focus on its own card. */
export type Compared = Readonly<{
  letter: string;
  title: string;
  estimate: MemoryEstimate;
  card: CardFit;
  /** What is free for the run on its card. */
  usableBytes: number;
  /** Against the first one; empty for the first itself. */
  words: readonly string[];
}>;

/** The letters that the keys of the link have; the page's own scenario is A. */
const LETTERS = "ABCD";

/** The scenarios as columns, the page's own first. One that shows no method has no column. */
export const comparedOf = (answers: readonly Answer[]): readonly Compared[] =>
  answers.flatMap((answer, index) => {
    const focus = focusedMethod(answer);
    const [first] = answers;
    if (focus === null || first === undefined) return [];
    return [
      {
        letter: LETTERS.charAt(index),
        title: `${answer.model.name}, ${METHOD_NAMES[focus.method].label}, ${answer.gpu.shortName}`,
        estimate: focus.estimate,
        card: focus.card,
        usableBytes: Math.max(0, answer.gpu.usableBytes - answer.usedBytes),
        words: index === 0 ? [] : differenceWords(answer, first),
      },
    ];
  });
