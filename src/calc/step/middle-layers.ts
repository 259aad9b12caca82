import type { ChainLayer } from "#calc/families/chain-layers.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { beginSegment, endSegment, enterAgain, goLike } from "#calc/tape/ledger/segments.ts";
import type { Ledger, Segment, Storage } from "#calc/tape/ledger/ledger.ts";
import type { Tape } from "#calc/tape/tape.ts";
import type { Chain } from "./chain.ts";

/** The layer number of segments that stand for later layers of the kind of `layer`. It is above those of all layers that ran, and of what follows them. */
const middleOf = (ran: number, layer: number): number => ran + 1 + layer;

/** Whether every layer keeps its input on the card and nothing else, with no hooks around it. */
const keepsInputsAlone = (options: StepOptions, { checkpoint }: Forward): boolean => {
  const { gradient_checkpointing, selective, checkpointsOffloaded, savedTensorsOffloaded } = options;
  const { ranks, division, stage, loss } = options;
  const isPartly = [selective, checkpoint, ranks ?? undefined, division, stage].some((each) => each !== undefined);
  return (
    gradient_checkpointing && !isPartly && !checkpointsOffloaded && !savedTensorsOffloaded && loss.kind !== "litgpt"
  );
};

/**
 * The first layer of each kind, to be run alone, and for each layer of the model the number of the segments that stand for it. Where checkpointed layers of
 * one GPU keep nothing but their input, the segments of later layers follow from those of the first of their kind (`addMiddleLayers`). null elsewhere.
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

type IsOne = (storage: Storage) => boolean;

/** Whether a storage was made before the layers in the forward of a segment's pass: a table or mask that all layers share, or the first layer's input. */
const madeBefore = ({ segments }: Ledger, { pass, microStep }: Segment): IsOne => {
  const before = segments.find(
    (each) => each.pass === pass && each.phase === "forward" && each.microStep === microStep && each.layer === -1,
  );
  const { from = 0, to = 0 } = before ?? {};
  return ({ at }) => from <= at && at < to;
};

/** The backward of the first layer of a kind; which storages were made before the layers; the first layer's input, where this is that layer. */
type First = Readonly<{ segment: Segment; isBefore: IsOne; handed: Storage | null }>;

/**
 * The index of the log up to which a later layer does as the first of its kind did, high-water marks and all: the first entry that frees a storage from
 * before the layers. The segment's start where the first layer was highest after that entry: the later layer may then be highest elsewhere.
 */
const alikeUpTo = ({ log }: Ledger, { segment, isBefore }: First): number => {
  let until = segment.from;
  while (until < segment.to && !isBefore(log[until] as Storage)) until++;
  return segment.maxima.some(({ at }) => at > until) ? segment.from : until;
};

/**
 * Enters the backward of a later layer into the ledger, from that of the first layer of its kind, which is the last to release what all layers share.
 *
 * - Tables and masks stay.
 * - The later layer's input is freed with its checkpoint: where the first layer releases tables and masks. The first layer's own input may be a leaf, which is
 *   freed only when its gradient has come, at the end of all of backward.
 *
 * @returns whether an entry was found that frees the input
 */
const enterBackward = (ledger: Ledger, first: First): boolean => {
  const { segment, isBefore, handed } = first;
  const { log } = ledger;
  let isInputHeld = handed !== null;
  const inputFreedAt = handed === null ? -1 : log.indexOf(handed, segment.from);
  if (isInputHeld && (inputFreedAt < 0 || inputFreedAt >= segment.to)) return false;
  const until = alikeUpTo(ledger, first);
  if (until > segment.from) goLike(ledger, segment, until);
  for (let index = until; index < segment.to; index++) {
    const storage = log[index] as Storage;
    if (!isBefore(storage)) enterAgain(ledger, index);
    else if (isInputHeld) {
      enterAgain(ledger, inputFreedAt);
      isInputHeld = false;
    } else if (index === inputFreedAt) break;
  }
  return !isInputHeld;
};

/**
 * Adds the segments of later layers to those of a tape that ran the first layer of each kind.
 *
 * @returns whether that could be done: not where layers return something else than they take, or share more than tables and masks
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
