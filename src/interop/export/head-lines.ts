import { formatGib } from "#format/bytes.ts";
import { capitalised } from "#format/capitalised.ts";
import { cardWords } from "#format/card-words.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { METHOD_NAMES } from "#scenario/choices/method-names.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import type { NamedBase } from "./named-base.ts";
import { placeholderLines } from "./placeholders.ts";
import type { Written } from "./written.ts";

/** Comments keep to plain letters: some tools read their files as ASCII. */
const plain = (text: string): string =>
  text.replaceAll("\u00A0", " ").replaceAll("\u2019", "'").replaceAll("\u00D7", "x").replaceAll("\u2212", "-");

const fitWords = ({ fit, cannotRun }: MethodAnswer["card"]): string => {
  switch (fit) {
    case "fits":
      return "it fits";
    case "tight":
      return "it fits, and little is left";
    case "over":
      return "it does not fit";
    case "cannot-run":
      return `it cannot run: ${cannotRun ?? "the card lacks what it needs"}`;
    default:
      return fit satisfies never;
  }
};

/** "LoRA of Llama 3.1 8B on a GeForce RTX 4090: 17.4 GiB needed of 23.5, it fits." */
const estimateWords = ({ model, gpu, choices, usedBytes, methods }: Answer): string => {
  const [method] = methods;
  if (method === undefined) return "";
  const { estimate, card } = method;
  const each = choices.gpus > 1 ? " each" : "";
  const figures = `${formatGib(estimate.onCardBytes)} GiB needed of ${formatGib(gpu.usableBytes - usedBytes)}${each}`;
  const words = fitWords(card);
  return `${capitalised(METHOD_NAMES[method.method].inSentence)} of ${model.name} on ${cardWords(gpu.name, choices.gpus)}: ${figures}, ${words}${words.endsWith(".") ? "" : "."}`;
};

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
  ].map(plain);
};
