import { isWayOut } from "#calc/card/is-way-out.ts";
import { formatCount } from "#format/count.ts";
import { listed } from "#format/listed.ts";
import { type Lack, withoutLacks } from "#scenario/choices/cannot-run.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import type { QuickAdvice } from "./advise.ts";
import { candidateWords, gibWords } from "./card-words.ts";
import { type Knob, patchOf } from "./knob.ts";
import { METHOD_NAMES } from "./method-names.ts";
import { PRICES } from "./prices.ts";

/** The one sentence of advice: what leads in, what to do, what that brings; and what one click changes, where there is something to do. */
export type TopChange = Readonly<{ lead: string; action: string; rest: string; patch: Partial<Choices> | null }>;

const statement = (lead: string): TopChange => ({ lead, action: "", rest: "", patch: null });

/** What one change costs, said once: several would be a paragraph. */
const priceWords = ([knob, ...others]: readonly Knob[]): string =>
  knob === undefined || others.length > 0 ? "" : ` ${PRICES[knob.price].words}`;

const room = ({ inverse: { maxBatch, maxSequence }, start: { choices } }: QuickAdvice): string => {
  const rows = maxBatch.value ?? 0;
  const tokens = maxSequence.value ?? 0;
  if (rows <= choices.batch && tokens <= choices.seq)
    return "is as large as this card takes: neither batch nor sequence can grow.";
  return `has room for a micro batch of ${formatCount(rows)}, or for ${formatCount(tokens)} tokens.`;
};

const wayOut = ({ start: { choices }, smallestCards }: QuickAdvice): string => {
  const found = smallestCards.find(({ method }) => method === choices.method)?.found;
  return found ? `It needs ${candidateWords(found, found.gpus)}.` : "No number of any card in the catalog holds it.";
};

/** A card that lacks what was chosen: what was asked for is taken back. */
const toRun = (lacks: readonly Lack[], lead: string): TopChange => {
  const patch = withoutLacks(lacks);
  return patch === null ? statement(lead) : { lead: `${lead} `, action: "Choose what it runs", rest: ".", patch };
};

/**
 * The top advice for the method in focus. It does not fit: the fewest changes that make it, or the card that it needs. It fits: how far batch and sequence could
 * go. Every figure is the engine's.
 */
export const topChange = (advice: QuickAdvice): TopChange => {
  const { start, smallestSet } = advice;
  const name = METHOD_NAMES[start.choices.method].inSentence;
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  if (start.card.cannotRun !== null)
    return toRun(start.lacks, `This card cannot run ${name} so: ${start.card.cannotRun}.`);
  if (isWayOut(start.card)) return statement(`${capital} ${room(advice)}`);
  if (smallestSet === null) return statement(`No change below makes ${name} fit. ${wayOut(advice)}`);
  const { knobs, trial } = smallestSet;
  const saved = gibWords(start.onCardBytes - trial.onCardBytes);
  return {
    lead: `To make ${name} fit: `,
    action: listed(knobs.map(({ phrase }) => phrase)),
    rest: `, which saves ${saved}.${priceWords(knobs)}`,
    patch: patchOf(start.choices.method, knobs),
  };
};
