// A badge's SVG, its Markdown, and what it says of an answer: the memory needed and whether it fits.

import {
  type Status,
  NOT_KNOWN_MARK,
  NOT_KNOWN_OUTLINE,
  STATUS_MARKS,
  STATUS_OUTLINES,
  textWidth,
} from "#format/svg.ts";
import { inMarkdown, markdownLink } from "./memory-table.ts";
import { formatCount, plainSpaces } from "#format/numbers.ts";
import {
  type Answer,
  fitOf,
  type MethodAnswer,
  notKnownSentence,
  batchLine,
  scenarioLine,
} from "#scenario/choices/answer.ts";
import { impliedChoices } from "#scenario/choices/resolve-stack.ts";
import { GPUS_WORDS } from "#scenario/words/key-words.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import { formatGib } from "#format/bytes.ts";
import { runMomentWords, capitalized } from "#format/phrases.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";

/** The colours of a badge in one theme. */
type BadgeColours = Readonly<{ surface: string; ink: string; line: string; status: string; tint: string }>;

type Theme = Omit<BadgeColours, "status" | "tint"> &
  Readonly<Record<"fits" | "tight" | "over" | "not-known", readonly [string, string]>>;

/** The page's own (`app/tokens.css`): a picture that stands elsewhere has no style sheet to ask. */
const THEMES: Readonly<Record<"light" | "dark", Theme>> = {
  light: {
    surface: "#ffffff",
    ink: "#14171c",
    line: "#838a95",
    fits: ["#0a6b43", "#e4f4ec"],
    tight: ["#7d5200", "#fdf1d6"],
    over: ["#b3261e", "#fdeae8"],
    "not-known": ["#4b525d", "#eceef1"],
  },
  dark: {
    surface: "#121417",
    ink: "#eceef1",
    line: "#747c88",
    fits: ["#5fcf9b", "#12301f"],
    tight: ["#f0b94a", "#33270d"],
    over: ["#ff8a80", "#3d1a18"],
    "not-known": ["#b4bac4", "#23272d"],
  },
};

/** What a badge wears for an outcome. @internal */
export const badgeColors = (theme: "light" | "dark", fit: Status): BadgeColours => {
  const { surface, ink, line, ...statuses } = THEMES[theme];
  const [status, tint] = statuses[fit === "cannot-run" ? "over" : fit];
  return { surface, ink, line, status, tint };
};

const HEIGHT = 24;
const SIZE = 12;
/** Where the letters stand: their capitals are in the middle of the height. */
const BASELINE = 16.3;
const PADDING = 8;
const ICON = 12;
const GAP = 6;
const RADIUS = 4;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Signs that no XML file may have, among them halves of pairs, and other control signs: a name that somebody has brought may. */
const FORBIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;

const escaped = (text: string): string =>
  text.replaceAll(FORBIDDEN, "").replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** Letters of any font in the width that is kept for them. */
const words = (text: string, x: number, look: string): string => {
  const width = textWidth(text, SIZE).toFixed(1);
  return `<text ${look} x="${x.toFixed(1)}" y="${BASELINE}" textLength="${width}">${escaped(text)}</text>`;
};

/** The right part, whose right corners are round. */
const rightPart = (from: number, width: number): string => {
  const inner = RADIUS - 1;
  return `M${from} 1H${width - 1 - inner}a${inner} ${inner} 0 0 1 ${inner} ${inner}V${HEIGHT - 1 - inner}a${inner} ${inner} 0 0 1-${inner} ${inner}H${from}z`;
};

/** What is light by its attributes is dark where its reader has dark pages, as far as the program knows that. Names of classes hold in a page that it is pasted into, too. */
const darkStyle = ({ fit }: Badge): string => {
  const { surface, ink, line, status, tint } = badgeColors("dark", fit);
  return [
    "@media (prefers-color-scheme: dark) {",
    `.headroom-surface { fill: ${surface}; stroke: ${line} }`,
    `.headroom-ink { fill: ${ink} }`,
    `.headroom-status { fill: ${status} }`,
    `.headroom-tint { fill: ${tint} }`,
    `.headroom-mark { stroke: ${tint} }`,
    "}",
  ].join(" ");
};

/**
 * A badge as a file: an SVG that asks for no font, style or picture of elsewhere, as wide as its words in the widest of the usual fonts. It brings its own
 * surface and edge, so that it can be read on light and dark pages alike. Its name and what the figure is of are there for those who hear it.
 */
export const badgeSvg = (badge: Badge): string => {
  const { subject, outcome, line, detail, fit } = badge;
  const { surface, ink, line: edge, status, tint } = badgeColors("light", fit);
  const [outline, mark] =
    fit === "not-known" ? [NOT_KNOWN_OUTLINE, NOT_KNOWN_MARK] : [STATUS_OUTLINES[fit], STATUS_MARKS[fit]];
  const split = Math.ceil(textWidth(subject, SIZE) + 2 * PADDING);
  const outcomeX = split + PADDING + ICON + GAP;
  const width = Math.ceil(outcomeX + textWidth(outcome, SIZE) + PADDING);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img">`,
    `<title>${escaped(line)}</title>`,
    `<desc>${escaped(detail)}</desc>`,
    `<style>${darkStyle(badge)}</style>`,
    `<rect class="headroom-surface" x="0.5" y="0.5" width="${width - 1}" height="${HEIGHT - 1}" rx="${RADIUS - 0.5}" fill="${surface}" stroke="${edge}"/>`,
    `<path class="headroom-tint" d="${rightPart(split, width)}" fill="${tint}"/>`,
    `<g transform="translate(${split + PADDING} ${(HEIGHT - ICON) / 2})">`,
    `<path class="headroom-status" d="${outline}" fill="${status}"/>`,
    `<path class="headroom-mark" d="${mark}" fill="none" stroke="${tint}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>`,
    "</g>",
    `<g font-family="-apple-system, 'Segoe UI', Roboto, Inter, system-ui, sans-serif" font-size="${SIZE}" font-weight="600">`,
    words(subject, PADDING, `class="headroom-ink" fill="${ink}"`),
    words(outcome, outcomeX, `class="headroom-status" fill="${status}"`),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
};

/** The name that the file of a badge has in a line of Markdown. */
export const BADGE_FILE = "badge.svg";

/**
 * The line that shows a badge in a README or a model card: the picture with its words, and a link to the scenario.
 *
 * @param page the address of a calculator, before the `?` of links; null: the picture leads nowhere
 */
export const badgeMarkdown = ({ line, link }: Badge, page: string | null): string => {
  const picture = `!${markdownLink(inMarkdown(line), BADGE_FILE)}`;
  return page === null ? picture : markdownLink(picture, `${page}${link}`);
};

/** The cards of an answer by name: "RTX 4090", "8 × H100", "a card of 24 GB". */
const chosenWords = ({ gpu, choices: { gpus, gpu: chosen } }: Pick<Answer, "gpu" | "choices">): string => {
  if (chosen.kind !== "custom") return gpus > 1 ? `${formatCount(gpus)} × ${gpu.shortName}` : gpu.shortName;
  return gpus > 1 ? `${formatCount(gpus)} cards of ${gpu.shortName}` : `a card of ${gpu.shortName}`;
};

/** How several cards that nobody has chosen share a model: " with FSDP 2". */
const sharedWords = ({ choices }: Pick<Answer, "choices">): string => {
  const { shard } = impliedChoices(choices);
  return choices.gpus > 1 && shard !== "none" ? ` with ${GPUS_WORDS.shard.values[shard]}` : "";
};

/** Cards that nobody has chosen: with the size on the box, and how several share the model: "8 × H100 (80 GB) with FSDP 2", "A100 40GB". */
export const smallestGpuWords = (answer: Pick<Answer, "gpu" | "choices">): string => {
  const { shortName, memoryGb } = answer.gpu;
  const size = shortName.endsWith("GB") ? "" : ` (${memoryGb} GB)`;
  return `${chosenWords(answer)}${size}${sharedWords(answer)}`;
};

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
  `smallest ${answer.choices.gpus > 1 ? "cards" : "card"} ${smallestGpuWords(answer)}${fit === "tight" ? `, may not fit: ${free}` : ""}`;

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

/** A badge without a figure: something that the scenario names is not known. */
const notKnownBadge = ({ choices, model, notKnown }: Answer): Badge => {
  const subject = plainSpaces(`${capitalized(METHOD_NAMES[choices.method].inSentence)} of ${model.name}`);
  const outcome = "not known";
  return {
    subject,
    outcome,
    line: `${subject}: ${outcome}`,
    fit: "not-known",
    detail: plainSpaces(notKnownSentence(notKnown)),
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
  const subject = plainSpaces(`${capitalized(METHOD_NAMES[method].inSentence)} of ${model.name}`);
  const outcome = plainSpaces(outcomeOf(focus, answer, card));
  return {
    subject,
    outcome,
    line: `${subject}: ${outcome}`,
    fit: fitOf(focus),
    detail: plainSpaces(detailOf(focus, answer, card)),
    link: encodeLink({ ...choices, ...PLAIN, method }),
  };
};
