import { bytesOfElement } from "#calc/base/element.ts";
import type { Ledger, Segment, Storage } from "#calc/tape/ledger/ledger.ts";

/** What the tape asks of the allocator, for any batch and length: its storages, numbered, and when each comes and goes. */
export type AllocatorScript = Readonly<{
  /** How each storage grows, and the bytes of one unit of that growth. */
  growths: Uint16Array;
  factors: Float64Array;
  /** Positions of one chunk of a scan. */
  chunkSize: number;
  /** As in `Part.events`: n, storage n is allocated; ~n, it is freed. */
  load: Int32Array;
  step: Int32Array;
  /** What is left of the step when backward has ended: gradients, the batch, what the training loop holds. */
  left: Int32Array;
}>;

/** Layers of the model that were not run on paper: `count` of them after layer `middle`, each like that one and like the one after it. */
export type LeftOut = Readonly<{ middle: number; count: number }>;

/** A run on paper: how many layers were run, and which were left out. */
export type PaperLayers = Readonly<{ ran: number; leftOut: LeftOut }>;

/** Where a storage was made: in which segment of the run, as the how-manieth there. */
export type Origins = Readonly<{ segments: Int32Array; ranks: Int32Array }>;

/** A segment as a layer of the model runs it. */
type Turn = Readonly<{ segment: Segment; layer: number }>;

/** Whether an entry and the next one say that a storage counts as a gradient from now on: nothing is freed. */
const isRenamed = ({ log, signs }: Ledger, index: number): boolean =>
  log[index] === log[index + 1] && (signs[index] as number) < 0;

/** The entries of a segment that say that a storage comes or goes, by their indices. */
export const eventsOf = (ledger: Ledger, { from, to }: Segment): readonly number[] => {
  const events: number[] = [];
  for (let index = from; index < to; index++)
    if (isRenamed(ledger, index)) index++;
    else events.push(index);
  return events;
};

/** Of each storage, by the index of the entry that it came with. */
export const originsOf = ({ log, segments }: Ledger): Origins => {
  const origins = { segments: new Int32Array(log.length), ranks: new Int32Array(log.length) };
  for (const { index, from, to } of segments) {
    let rank = 0;
    for (let entry = from; entry < to; entry++) {
      if ((log[entry] as Storage).at !== entry) continue;
      origins.segments[entry] = index;
      origins.ranks[entry] = rank++;
    }
  }
  return origins;
};

/** The segments in the order in which the model runs them: backward from the last layer to the first. */
const turnsOf = ({ segments }: Ledger, { middle, count }: LeftOut): readonly Turn[] =>
  segments.flatMap((segment) => {
    const { layer, phase } = segment;
    if (layer !== middle) return [{ segment, layer: layer > middle ? layer + count : layer }];
    const turns = Array.from({ length: count + 1 }, (_, index) => ({ segment, layer: middle + index }));
    return phase === "backward" ? turns.toReversed() : turns;
  });

/** The layer of the model that made what layer `maker` of the run made, as seen in a turn: the middle layers see others from where they stand. */
const makerIn = ({ ran, leftOut: { middle, count } }: PaperLayers, { segment, layer }: Turn, maker: number): number => {
  const isBetween = segment.layer === middle || segment.layer === middle + 1;
  if (isBetween && maker >= 0 && maker < ran) return layer + maker - segment.layer;
  return maker > middle ? maker + count : maker;
};

const keyOf = ({ pass, phase, microStep }: Segment): string => `${pass} ${phase} ${microStep}`;

/**
 * The numbers of storages in the order in which they come. Those of one segment in one layer follow each other: of each the first is kept, by what the
 * segment does (`keyOf`) and by layer.
 */
const numbering = (
  ledger: Ledger,
  layers: PaperLayers,
): Readonly<{ begin: (turn: Turn, first: number) => void; numberOf: (turn: Turn, storage: Storage) => number }> => {
  const { segments } = ledger;
  const origins = originsOf(ledger);
  const byKey = new Map<string, number[]>();
  const firsts = segments.map((segment) => {
    const known = byKey.get(keyOf(segment)) ?? [];
    byKey.set(keyOf(segment), known);
    return known;
  });
  return {
    begin: ({ segment, layer }, first) => {
      (firsts[segment.index] as number[])[layer + 1] = first;
    },
    numberOf: (turn, { at }) => {
      const home = segments[origins.segments[at] as number] as Segment;
      const first = (firsts[home.index] as number[])[makerIn(layers, turn, home.layer) + 1] as number;
      return first + (origins.ranks[at] as number);
    },
  };
};

/** Numbers the storages of a run of all layers, in the order in which they come. The step begins where the batch is loaded, after the model. */
export const allocatorScript = (ledger: Ledger, layers: PaperLayers): AllocatorScript => {
  const { log, signs } = ledger;
  const { begin, numberOf } = numbering(ledger, layers);
  const storages: Storage[] = [];
  const load: number[] = [];
  const step: number[] = [];
  const alive = new Set<number>();
  const events = ledger.segments.map((segment) => eventsOf(ledger, segment));
  for (const turn of turnsOf(ledger, layers.leftOut)) {
    const { phase, layer, index } = turn.segment;
    const isLoading = phase === "load" && layer < layers.ran;
    begin(turn, storages.length);
    for (const entry of events[index] as readonly number[]) {
      const storage = log[entry] as Storage;
      if (storage.at === entry) storages.push(storage);
      const number = numberOf(turn, storage);
      const comes = (signs[entry] as number) > 0;
      (isLoading ? load : step).push(comes ? number : ~number);
      if (isLoading) continue;
      if (comes) alive.add(number);
      else alive.delete(number);
    }
  }
  return {
    growths: Uint16Array.from(storages, ({ shape }) => shape.growth),
    factors: Float64Array.from(storages, ({ shape, dtype }) => shape.factor * bytesOfElement(dtype)),
    chunkSize: ledger.chunkSize,
    load: Int32Array.from(load),
    step: Int32Array.from(step),
    left: Int32Array.from(alive),
  };
};
