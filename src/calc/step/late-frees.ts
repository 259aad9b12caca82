// Blocks whose memory PyTorch reuses late, because another CUDA stream still uses them.

import { STREAMS } from "#calc/tape/ledger/ledger.ts";

/** Gathers that are under way or whose unit is not waited for when the CPU waits. @see torch/distributed/fsdp/_limiter_utils.py, `_FreeEventQueue` */
const MOST_IN_FLIGHT = 2;

const GATHER = STREAMS.indexOf("gather");

/** What is freed later than its owner frees it, by storage. */
type Recorded = Readonly<{
  streams: Uint8Array;
  recorded: Uint8Array;
  /** How many storages a run has in all. */
  storages: number;
  /** Another number for a storage, for when it is gathered again before its earlier block is free. */
  otherOf: (storage: number) => number;
}>;

/** What other streams still use. Each gives the events of the allocator. `isNext`: the storage is the first of a unit. */
type InUse = Readonly<{
  gathers: (storage: number, isNext: boolean) => readonly number[];
  frees: (storage: number, isNext: boolean) => readonly number[];
  free: (storage: number) => readonly number[];
  finish: () => readonly number[];
}>;

/** @param storages how many a run has in all */
const inUse = ({ storages, otherOf }: Pick<Recorded, "storages" | "otherOf">): InUse => {
  /** What is done with each unit that was freed, the oldest first. */
  const units: number[][] = [];
  /** What was freed since the last unit. */
  let since: number[] = [];
  const waiting = new Set<number>();
  /** The number that each storage of a unit goes by while it is there. */
  const nameOf = new Map<number, number>();
  const done = (storage: number): readonly number[] => (waiting.delete(storage) ? [~storage] : []);
  const freed = (storage: number): readonly number[] => {
    waiting.add(storage);
    return [storages + storage];
  };
  return {
    gathers: (storage, isNext) => {
      const waited = isNext && units.length >= MOST_IN_FLIGHT ? (units.shift() ?? []).flatMap(done) : [];
      const name = waiting.has(storage) ? otherOf(storage) : storage;
      nameOf.set(storage, name);
      return [...waited, ...done(name), name];
    },
    frees: (storage, isNext) => {
      if (isNext) {
        units.push(since);
        since = [];
      }
      const name = nameOf.get(storage) ?? storage;
      units.at(-1)?.push(name);
      return freed(name);
    },
    free: (storage) => {
      since.push(storage);
      return freed(storage);
    },
    finish: () => [...waiting].flatMap(done),
  };
};

/**
 * Puts into a step's events when other streams are done with what is freed while they use it. The CPU runs ahead of the GPU. So FSDP1 lets it gather a unit
 * only when of the units that were freed at most two are still in use: for the oldest it waits (`limit_all_gathers`). What was freed before that unit is done
 * with it, the gradients that were reduced with it when the next unit is. At the end of the step the CPU waits for all, as the loss is looked at.
 *
 * For units 0, 1, 2, each gathered (g) and freed (f), and d: nobody uses it any longer:
 *
 * ```
 * g0 f0   g1 f1   d0 g2 f2   d1 g3 …
 * ```
 *
 * @see torch/distributed/fsdp/_runtime_utils.py, `_unshard`, `_reshard`, `_post_backward_hook`; transformers/trainer.py, `logging_nan_inf_filter`
 */
export const lateFrees = (events: Int32Array, { streams, recorded, ...others }: Recorded): Int32Array => {
  if (!recorded.includes(1)) return events;
  const { gathers, frees, free, finish } = inUse(others);
  const ofUnit = { gathers, frees };
  const late: number[] = [];
  /** What the event before did with a unit: storages of one are gathered, and freed, one after the other. */
  let before: keyof typeof ofUnit | null = null;
  for (const event of events) {
    const storage = event < 0 ? ~event : event;
    const isUnit = recorded[storage] === 1 && streams[storage] === GATHER;
    const does = event < 0 ? "frees" : "gathers";
    if (isUnit) late.push(...ofUnit[does](storage, before !== does));
    else if (event < 0 && recorded[storage] === 1) late.push(...free(storage));
    else late.push(event);
    before = isUnit ? does : null;
  }
  late.push(...finish());
  return Int32Array.from(late);
};
