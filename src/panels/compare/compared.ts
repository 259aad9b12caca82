import type { CardFit, MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { formatCount } from "#format/count.ts";
import { focusedMethod } from "#panels/answer/focused-method.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { notKnownSentence } from "#scenario/choices/not-known.ts";
import { differenceWords } from "./difference-words.ts";

/** One scenario beside others: its method in focus on its own card. */
export type Compared = Readonly<{
  letter: string;
  title: string;
  /** How its bar is named: "A, QLoRA". */
  name: string;
  /** With its method in focus alone. */
  answer: Answer;
  estimate: MemoryEstimate;
  card: CardFit;
  /** Against the first one; empty for the first itself. */
  words: readonly string[];
}>;

/** The letters that the keys of the link have; the page's own scenario is A. */
const LETTERS = "ABCD";

/** "RTX 4090"; "2 × RTX 4090" where there are several. */
const gpuWords = ({ choices: { gpus }, gpu: { shortName } }: Answer): string =>
  gpus === 1 ? shortName : `${formatCount(gpus)} × ${shortName}`;

/** One scenario that names something unknown: it has a column, and no figures. */
export type ComparedUnknown = Readonly<{ letter: string; title: string; sentence: string }>;

/** The scenarios without figures. The others have theirs. */
export const unknownOf = (answers: readonly Answer[]): readonly ComparedUnknown[] =>
  answers.flatMap((answer, index) =>
    answer.notKnown.length === 0
      ? []
      : [
          {
            letter: LETTERS.charAt(index),
            title: `${answer.model.name}, ${METHOD_NAMES[answer.choices.method].label}, ${gpuWords(answer)}`,
            sentence: notKnownSentence(answer.notKnown),
          },
        ],
  );

/** The place of a scenario among those that are held, by its letter; −1 for the page's own. */
export const heldPlace = (letter: string): number => LETTERS.indexOf(letter) - 1;

/** The scenarios as columns, the page's own first. One that shows no method has no column here. */
export const comparedOf = (answers: readonly Answer[]): readonly Compared[] =>
  answers.flatMap((answer, index) => {
    const focus = focusedMethod(answer);
    const [first] = answers;
    if (focus === null || first === undefined) return [];
    const letter = LETTERS.charAt(index);
    const method = METHOD_NAMES[focus.method].label;
    return [
      {
        letter,
        title: `${answer.model.name}, ${method}, ${gpuWords(answer)}`,
        name: `${letter}, ${method}`,
        answer: { ...answer, methods: [focus] },
        estimate: focus.estimate,
        card: focus.card,
        words: index === 0 || first.notKnown.length > 0 ? [] : differenceWords(answer, first),
      },
    ];
  });
