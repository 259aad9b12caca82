// Types of knobs and scales, the patch of several knobs, and their effect on rows per update.

import type { Architecture } from "#calc/model/architecture.ts";
import type { RunMomentId } from "#calc/model/whole-run.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Resolved } from "#scenario/choices/resolve-stack.ts";
import type { PriceId } from "#advice/prices.ts";
import { formatCount } from "#format/numbers.ts";

/** One change of choices that may save memory. Whether it does, and how much, only the engine says. */
export type Knob = Readonly<{
  /** Public interface: `npm run -s advise` prints it. */
  id: string;
  /** What it turns. Two knobs of one subject exclude each other. */
  subject: string;
  /** "Fused loss", "Batch 4 to 2". */
  title: string;
  /** The same as an order, in the middle of a sentence: "use a fused loss". */
  phrase: string;
  /** The order without what becomes of accumulation, in which another change may have a say, too. */
  bare?: string;
  /** What stands beside the title where its numbers are the reader's own: "accumulation 1 to 2". */
  detail?: string;
  /** What its library calls it with the value that it takes, and whether that is the largest that fits: "per_device_eval_batch_size=2". */
  lever?: Readonly<{ words: string; isLargest: boolean }>;
  /** The moment outside the training step that it changes, and no other. */
  moment?: RunMomentId;
  /** What it costs, in words and in rank. */
  price: PriceId;
  patch: Partial<Choices>;
}>;

/** What knobs are made from: the choices, what they come to with the stack's own values filled in, the model, and what the card decides. */
export type Subject = Readonly<{
  choices: Choices;
  resolved: Resolved;
  architecture: Architecture;
  card: CardTraits;
}>;

/** A family of knobs: those of it that change something in these choices. */
export type KnobMaker = (subject: Subject) => readonly Knob[];

/**
 * Knobs of one subject that differ in a number: rung 1 takes away most, the last one least. What a number needs to be is found by the engine, so that no
 * more is given up than must be.
 */
export type Scale = Readonly<{
  count: number;
  /** The rung that is shown where not even the first is enough: about half of the number that is chosen. */
  half: number;
  at: (rung: number) => Knob;
}>;

/** A scale of these choices; without rungs where nothing smaller is left. */
export type ScaleMaker = (subject: Subject) => Scale;

/** Of choices that have nothing of the kind. */
export const NO_SCALE: Scale = {
  count: 0,
  half: 1,
  at: () => {
    throw new Error("A scale without rungs has no knob.");
  },
};

/** A scale over a few numbers, ascending, all under the one that is chosen. */
export const scaleOf = (
  numbers: readonly number[],
  { now, at }: Readonly<{ now: number; at: (to: number) => Knob }>,
): Scale => ({
  count: numbers.length,
  half: Math.max(1, numbers.filter((to) => to <= now / 2).length),
  at: (rung) => at(numbers[rung - 1] ?? 1),
});

/** The micro steps of an update whose rows stay what they are on other numbers of cards and rows; null where they cannot. */
const keptAccum = (before: Choices, after: Choices): number | null => {
  const accum = (before.batch * before.accum * before.gpus) / (after.batch * after.gpus);
  return Number.isInteger(accum) ? accum : null;
};

/**
 * What several knobs change together, the method that they are for in focus. A smaller micro batch and more cards both change the micro steps of an update:
 * together they keep its rows where they can.
 */
export const patchOf = (choices: Choices, knobs: readonly Knob[]): Partial<Choices> => {
  const patch = Object.assign({ method: choices.method }, ...knobs.map((knob) => knob.patch)) as Partial<Choices>;
  const ofAccum = knobs.filter((knob) => knob.patch.accum !== undefined);
  if (ofAccum.length < 2) return patch;
  const smaller = ofAccum.find(({ subject }) => subject === "batch")?.patch.accum ?? choices.accum;
  return { ...patch, accum: keptAccum(choices, { ...choices, ...patch }) ?? smaller };
};

const rowsOfUpdate = ({ batch, accum, gpus }: Choices): number => batch * accum * gpus;

/** What becomes of the rows that one update learns from: "an update takes 16 rows then"; null where they stay as many. */
export const updateRowsWords = (before: Choices, after: Choices): string | null => {
  const rows = rowsOfUpdate(after);
  return rows === rowsOfUpdate(before) ? null : `an update takes ${formatCount(rows)} rows then`;
};

/** The same behind an order to take more cards: " (an update takes 16 rows then)", " and accumulation 2"; empty where accumulation stays, too. */
export const updateRowsSuffix = (before: Choices, after: Choices): string => {
  const changed = updateRowsWords(before, after);
  if (changed !== null) return ` (${changed})`;
  return after.accum === before.accum ? "" : ` and accumulation ${formatCount(after.accum)}`;
};
