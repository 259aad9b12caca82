import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { estimateWords } from "./estimate-words.ts";
import type { NamedBase } from "./named-base.ts";
import { placeholderLines } from "./placeholders.ts";
import { plainLetters } from "./plain-letters.ts";
import type { Written } from "./written.ts";

/** How a run is started. Some tools' files say no number of GPUs: it stands here. */
export const startLines = (start: string | undefined): readonly string[] =>
  start === undefined ? [] : [`Start: ${start}`];

type Headed = Readonly<{
  /** Of the method in focus alone. */
  answer: Answer;
  /** The methods that the link shows. */
  show: Choices["show"];
  /** The tool with its versions. */
  name: string;
  written: Written;
  base: NamedBase;
  /** The command that starts the run. */
  start: string | undefined;
  /** The text of the files without what stands at their top. */
  body: string;
}>;

/** What stands at the top of an exported file, a line each: the estimate, its link, whose file it is, how it starts, what is to be replaced, what it cannot say. */
export const headLines = ({ answer, show, name, written, base, start, body }: Headed): readonly string[] => {
  const environment = [...written.statements.values()].filter(
    (line) => line.startsWith("export ") && !body.includes(line),
  );
  return [
    estimateWords(answer),
    `Counted by Headroom: ${encodeLink({ ...answer.choices, show })}`,
    `Fields of ${name}.`,
    ...(written.beside.length === 0 ? [] : [`Install beside it: ${written.beside.join(", ")}.`]),
    ...written.versions,
    ...environment.map((line) => `Before it: ${line}`),
    ...startLines(start),
    ...placeholderLines(body, base),
    ...(written.left.length === 0
      ? []
      : ["Counted, and not in this file:", ...written.left.map((each) => `- ${each}`)]),
  ].map(plainLetters);
};
