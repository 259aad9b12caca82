import type { ChainLayer } from "#calc/families/chain-layers.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { beginSegment, endSegment, enterAgain, goLike } from "#calc/tape/ledger/segments.ts";
import type { Ledger, Segment, Storage } from "#calc/tape/ledger/ledger.ts";
import type { Tape } from "#calc/tape/tape.ts";
import type { Chain } from "./chain.ts";

/** The number under which the segments of later layers of a kind are kept: past the layers that ran and what comes after them. */
const middleOf = (ran: number, layer: number): number => ran + 1 + layer;

/** Whether no layer keeps more on the card than its input, or less, and nobody else has a hand in it. */
const keepsInputsAlone = (options: StepOptions, { checkpoint }: Forward): boolean => {
  const { gradient_checkpointing, selective, checkpointsOffloaded, savedTensorsOffloaded } = options;
  const { ranks, division, stage, loss } = options;
  const isPartly = [selective, checkpoint, ranks ?? undefined, division, stage].some((each) => each !== undefined);
  return (
    gradient_checkpointing && !isPartly && !checkpointsOffloaded && !savedTensorsOffloaded && loss.kind !== "litgpt"
  );
};

/**
 * The first layer of each kind alone, and for each layer of the model the number of the segments that stand for it: where checkpointed layers of one GPU
 * keep nothing but their input, those of later layers follow from those of the first (`addMiddleLayers`). null: elsewhere.
 */
export const firstLayersOf = (options: StepOptions, forward: Forward, layers: readonly ChainLayer[]): Chain | null => {
  if (!keepsInputsAlone(options, forward)) return null;
  const firsts = new Map<string, ChainLayer>();
  for (const layer of layers) if (!firsts.has(layer.kind)) firsts.set(layer.kind, layer);
  const run = [...firsts.values()];
  const stands = layers.map((layer) => {
    const index = run.findIndex(({ kind }) => kind === layer.kind);
    return run[index] === layer ? index : middleOf(run.length, index);
  });
  return { run, stands };
};

/** Whether a storage is one of those that are meant. */
type IsOne = (storage: Storage) => boolean;

/** What came before the layers in the forward of a segment's pass: tables and masks, that all layers share, and what the first is handed. */
const madeBefore = ({ segments }: Ledger, { pass, microStep }: Segment): IsOne => {
  const before = segments.find(
    (each) => each.pass === pass && each.phase === "forward" && each.microStep === microStep && each.layer === -1,
  );
  const { from = 0, to = 0 } = before ?? {};
  return ({ at }) => from <= at && at < to;
};

/** Backward of the first layer of a kind, what it lets go of that it did not make, and what of this it alone was handed. */
type First = Readonly<{ segment: Segment; isBefore: IsOne; handed: Storage | null }>;

/**
 * Up to which entry a later layer does as the first of its kind did, maxima and all: up to the first thing that it shares. Up to none where the first was
 * at its highest after that, as some of what came before may then be the later layer's highest.
 */
const alikeUpTo = ({ log }: Ledger, { segment, isBefore }: First): number => {
  let until = segment.from;
  while (until < segment.to && !isBefore(log[until] as Storage)) until++;
  return segment.maxima.some(({ at }) => at > until) ? segment.from : until;
};

/**
 * Enters the backward of a later layer, from that of the first of its kind. What all layers share stays. What the layer was handed goes with its
 * checkpoint, as tables and masks do in the first, where it may be a leaf: that stays until its gradient has come, with which all of backward ends.
 * Whether it goes at all.
 */
const enterBackward = (ledger: Ledger, first: First): boolean => {
  const { segment, isBefore, handed } = first;
  const { log } = ledger;
  let isHeld = handed !== null;
  const goes = handed === null ? -1 : log.indexOf(handed, segment.from);
  if (isHeld && (goes < 0 || goes >= segment.to)) return false;
  const until = alikeUpTo(ledger, first);
  if (until > segment.from) goLike(ledger, segment, until);
  for (let index = until; index < segment.to; index++) {
    const storage = log[index] as Storage;
    if (!isBefore(storage)) enterAgain(ledger, index);
    else if (isHeld) {
      enterAgain(ledger, goes);
      isHeld = false;
    } else if (index === goes) break;
  }
  return !isHeld;
};

/**
 * Adds the segments of later layers to those of a tape that ran the first of each kind. Whether that can be done: not where layers hand on something else
 * than they are handed, or share more than tables and masks.
 */
export const addMiddleLayers = ({ recorder: { ledger }, layers }: Tape, ran: number): boolean => {
  if (!layers.alike) return false;
  const firsts = ledger.segments.filter(({ layer }) => layer >= 0 && layer < ran);
  return firsts.every((segment) => {
    const { microStep } = segment;
    const layer = middleOf(ran, segment.layer);
    if (segment.phase !== "backward") {
      ledger.segments.push({ ...segment, layer, index: ledger.segments.length });
      return true;
    }
    beginSegment(ledger, { ...segment, layer });
    const isFirst = segment.layer === 0;
    const isBefore = madeBefore(ledger, segment);
    const isFound = enterBackward(ledger, {
      segment,
      isBefore,
      handed: isFirst ? (layers.handed[microStep] ?? null) : null,
    });
    endSegment(ledger);
    return isFound;
  });
};
