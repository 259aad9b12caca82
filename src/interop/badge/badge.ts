import type { Fit } from "#calc/model/memory-estimate.ts";
import type { Status } from "#format/status-shapes.ts";
import { formatGib } from "#format/bytes.ts";
import { runMomentWords } from "#format/run-moment-words.ts";
import { capitalised } from "#format/capitalised.ts";
import { type Answer, fitOf, type MethodAnswer } from "#scenario/choices/answer.ts";
import { batchLine } from "#scenario/choices/batch-line.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { notKnownSentence } from "#scenario/choices/not-known.ts";
import { scenarioLine } from "#scenario/choices/scenario-line.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { chosenWords, sizedWords } from "./box-words.ts";

/** Whose card a badge is about: the scenario's own, or the smallest one that holds its method. */
export type BadgeCard = "chosen" | "smallest";

/** What a badge says. */
export type Badge = Readonly<{
  /** "QLoRA of Llama 3.1 8B" */
  subject: string;
  /** "11.2 GiB, fits RTX 4070 Ti" */
  outcome: string;
  /** Both in one line, for those who do not see it: "QLoRA of Llama 3.1 8B: 11.2 GiB, fits RTX 4070 Ti". */
  line: string;
  fit: Status;
  /** What the figure is of, in sentences. */
  detail: string;
  /** The scenario that has this figure, from its `?` on. */
  link: string;
}>;

/** What only a page has: it is no part of a scenario that is named elsewhere. */
const PLAIN = { embed: false, theme: "auto", only: [], hide: [], lock: [] } as const;

/** @param free what is left where it may not fit: "0.7 GiB free" */
const onChosen = (fit: Fit, cards: string, free: string): string => {
  switch (fit) {
    case "fits":
      return `fits ${cards}`;
    case "tight":
      return `may not fit ${cards}: ${free}`;
    case "over":
      return `does not fit ${cards}`;
    case "cannot-run":
      return `cannot run on ${cards}`;
    default:
      return fit satisfies never;
  }
};

const onSmallest = (fit: Fit, answer: Answer, free: string): string =>
  `smallest ${answer.choices.gpus > 1 ? "cards" : "card"} ${sizedWords(answer)}${fit === "tight" ? `, may not fit: ${free}` : ""}`;

/** The moment outside the training step that a run needs most in: " in evaluation at batch 8". */
const momentWords = ({ run }: MethodAnswer, { choices }: Answer): string =>
  run === undefined || run.worst.id === "step" ? "" : ` in ${runMomentWords(run.worst.id, choices.eval)}`;

/** A method that the card cannot run has no figure there. */
const outcomeOf = (focus: MethodAnswer, answer: Answer, card: BadgeCard): string => {
  const fit = fitOf(focus);
  const free = `${formatGib((focus.run ?? focus.card).headroomBytes)} GiB free`;
  const verdict = card === "smallest" ? onSmallest(fit, answer, free) : onChosen(fit, chosenWords(answer), free);
  if (fit === "cannot-run") return verdict;
  const { onCardBytes } = focus.run?.worst ?? focus.estimate;
  return `${formatGib(onCardBytes)} GiB${answer.choices.gpus > 1 ? " per GPU" : ""}${momentWords(focus, answer)}, ${verdict}`;
};

const SMALLEST =
  "The smallest of the NVIDIA cards that people have or rent, as few of them as do; everything else as it is.";

/** What the figure is, or why there is none. */
const figureWords = ({ card }: MethodAnswer, { gpu, usedBytes }: Answer): string => {
  if (card.cannotRun !== null) return `It cannot run there: ${card.cannotRun}.`;
  const room = `${formatGib(gpu.usableBytes - usedBytes)} GiB ${usedBytes > 0 ? "free" : "usable"}`;
  return `Needed on the card, with the gaps of PyTorch's allocator and the CUDA context, of ${room}.`;
};

const detailOf = (focus: MethodAnswer, answer: Answer, card: BadgeCard): string =>
  [
    `${focus.method === "full" ? `${answer.model.name}, ${batchLine(answer.choices)}` : scenarioLine(answer)} tokens.`,
    figureWords(focus, answer),
    ...answer.notCounted,
    ...(card === "smallest" ? [SMALLEST] : []),
    "Counted by Headroom, not measured.",
  ].join(" ");

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

/** A badge without a figure: something that the scenario names is not known. */
const notKnownBadge = ({ choices, model, notKnown }: Answer): Badge => {
  const subject = plain(`${capitalised(METHOD_NAMES[choices.method].inSentence)} of ${model.name}`);
  const outcome = "not known";
  return {
    subject,
    outcome,
    line: `${subject}: ${outcome}`,
    fit: "not-known",
    detail: plain(notKnownSentence(notKnown)),
    link: encodeLink({ ...choices, ...PLAIN }),
  };
};

/**
 * What a badge says of an answer: its method in focus, what that needs on each card in GiB, and whether it fits.
 *
 * @param card what the answer's card is: `smallest` says so, and is true only of an answer on that card (`smallestRuns`)
 * @returns null where the answer shows no method
 */
export const badgeOf = (answer: Answer, card: BadgeCard): Badge | null => {
  const { choices, methods, model } = answer;
  if (answer.notKnown.length > 0) return notKnownBadge(answer);
  const focus = methods.find(({ method }) => method === choices.method) ?? methods[0];
  if (focus === undefined) return null;
  const { method } = focus;
  const subject = plain(`${capitalised(METHOD_NAMES[method].inSentence)} of ${model.name}`);
  const outcome = plain(outcomeOf(focus, answer, card));
  return {
    subject,
    outcome,
    line: `${subject}: ${outcome}`,
    fit: fitOf(focus),
    detail: plain(detailOf(focus, answer, card)),
    link: encodeLink({ ...choices, ...PLAIN, method }),
  };
};
