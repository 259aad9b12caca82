// Allocations and frees of a recorded step in order, for any batch and length.

import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { bytesOfElement } from "#calc/base/dtypes.ts";
import { CONSTANT } from "#calc/tape/ledger/growth.ts";
import { type Ledger, type Segment, type Storage, STREAMS } from "#calc/tape/ledger/ledger.ts";
import { streamUseOf } from "#calc/tape/ledger/storages.ts";

/** What the tape asks of the allocator, for any batch and length: its storages, numbered, and when each comes and goes. */
export type AllocatorScript = Readonly<{
  /** How each storage grows, and the bytes of one unit of that growth. */
  growths: Uint16Array;
  factors: Float64Array;
  /** Positions of one chunk of a scan. */
  chunkSize: number;
  virtualTokens: number;
  /** The stream of each storage, by its index in `STREAMS`, and 1 where another one may use it when it is freed. */
  streams: Uint8Array;
  recorded: Uint8Array;
  /** As in `Part.events`: n, storage n is allocated; ~n, it is freed. Of loading what is there when it has ended. */
  load: Int32Array;
  step: Int32Array;
  /** After how many events of the step each segment ends, as each layer of the model runs it. */
  ends: Int32Array;
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

/** Bytes of one unit of a storage's growth. What ranks gather is padded: its blocks say so. */
const factorOf = ({ shape, dtype, blocks }: Storage): number =>
  shape.growth === CONSTANT ? blocks * BLOCK_BYTES : shape.factor * bytesOfElement(dtype);

/** Storages in the order in which they come, and of each the number of the one that its request begins with. */
type Asked = { readonly storages: Storage[]; readonly firsts: number[] };

/** Bytes of one unit of growth of each: a request's are all with its first storage. */
const factorsOf = ({ storages, firsts }: Asked): Float64Array => {
  const factors = Float64Array.from(storages, factorOf);
  for (const [number, first] of firsts.entries()) {
    if (first === number) continue;
    factors[first] = (factors[first] as number) + (factors[number] as number);
    factors[number] = 0;
  }
  return factors;
};

/** Storages that came in some events and did not go, in the order in which they first came. */
const leftOf = (events: readonly number[], storages: number): Int32Array => {
  const isThere = new Uint8Array(storages);
  for (const event of events) isThere[event < 0 ? ~event : event] = event < 0 ? 0 : 1;
  const left: number[] = [];
  for (const event of events) {
    if (event < 0 || isThere[event] !== 1) continue;
    left.push(event);
    isThere[event] = 0;
  }
  return Int32Array.from(left);
};

/** Numbers the storages of a run of all layers, in the order in which they come. The step begins where the batch is loaded, after the model. */
export const allocatorScript = (ledger: Ledger, layers: PaperLayers): AllocatorScript => {
  const { log, signs } = ledger;
  const { begin, numberOf } = numbering(ledger, layers);
  const asked: Asked = { storages: [], firsts: [] };
  const { storages, firsts } = asked;
  const step: number[] = [];
  const ends: number[] = [];
  const load: number[] = [];
  const add = (turn: Turn, storage: Storage): void => {
    const { partOf } = streamUseOf(ledger, storage);
    storages.push(storage);
    firsts.push(numberOf(turn, partOf ?? storage));
  };
  const events = ledger.segments.map((segment) => eventsOf(ledger, segment));
  for (const turn of turnsOf(ledger, layers.leftOut)) {
    const { phase, layer, index } = turn.segment;
    const isLoading = phase === "load" && layer < layers.ran;
    begin(turn, storages.length);
    for (const entry of events[index] as readonly number[]) {
      const storage = log[entry] as Storage;
      if (storage.at === entry) add(turn, storage);
      const number = numberOf(turn, storage);
      const comes = (signs[entry] as number) > 0;
      (isLoading ? load : step).push(comes ? number : ~number);
    }
    if (!isLoading) ends.push(step.length);
  }
  const uses = storages.map((storage) => streamUseOf(ledger, storage));
  return {
    growths: Uint16Array.from(storages, ({ shape }) => shape.growth),
    factors: factorsOf(asked),
    chunkSize: ledger.chunkSize,
    virtualTokens: ledger.virtualTokens,
    streams: Uint8Array.from(uses, ({ stream }) => STREAMS.indexOf(stream)),
    recorded: Uint8Array.from(uses, ({ isRecorded }) => Number(isRecorded)),
    load: leftOf(load, storages.length),
    step: Int32Array.from(step),
    ends: Int32Array.from(ends),
    left: leftOf(step, storages.length),
  };
};
