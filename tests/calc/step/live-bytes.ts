import type { AllocatorRun, ReplayPart } from "#calc/allocator/allocator.ts";
import { allocated } from "#calc/base/bytes.ts";

/** What is there of a run under way: bytes of each storage that is alive, and storages that were freed while another stream uses them. */
type There = Readonly<{ alive: Map<number, number>; waiting: Set<number> }>;

/** What storages take along a part, each rounded up to blocks: the most, and at the end. */
const along = (
  { alive, waiting }: There,
  storages: number,
  { bytes, events }: ReplayPart,
): Readonly<{ peak: number; end: number }> => {
  let live = [...alive.values()].reduce((sum, each) => sum + each, 0);
  let peak = live;
  const free = (storage: number): void => {
    live -= alive.get(storage) ?? Number.NaN;
    alive.delete(storage);
  };
  for (const event of events) {
    if (event >= storages) {
      free(event - storages);
      waiting.add(event - storages);
    } else if (event >= 0) {
      if (waiting.has(event)) live = Number.NaN;
      alive.set(event, allocated(bytes[event] ?? Number.NaN));
      live += alive.get(event) ?? Number.NaN;
    } else if (!waiting.delete(~event)) free(~event);
    peak = Math.max(peak, live);
  }
  return { peak, end: live };
};

/**
 * Bytes of the storages of a run: after loading, after its first step, and of the steps after it, in turn: the most of each, and at the end of the last. NaN
 * where one is freed that is not there, or allocated while another stream uses it.
 */
export const liveBytes = ({
  storages,
  load,
  first,
  steps,
}: AllocatorRun): Readonly<{ loaded: number; afterFirst: number; peaks: readonly number[]; afterLast: number }> => {
  const there = { alive: new Map<number, number>(), waiting: new Set<number>() };
  const loaded = along(there, storages, load).end;
  const afterFirst = along(there, storages, first).end;
  const after = steps.map((step) => along(there, storages, step));
  return { loaded, afterFirst, peaks: after.map(({ peak }) => peak), afterLast: after.at(-1)?.end ?? Number.NaN };
};
