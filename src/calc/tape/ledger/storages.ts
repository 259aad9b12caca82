// Storages in the ledger: allocated, released, moved to another term, used by other streams.

import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { bytesOfElement, type Element } from "#calc/base/dtypes.ts";
import type { AllocatedTermId } from "#calc/model/terms.ts";
import { logEntry, keepMaximum } from "./maxima.ts";
import { CONSTANT } from "./growth.ts";
import type { Ledger, Storage, Stream, StreamUse } from "./ledger.ts";
import type { Shape } from "./shape.ts";
import { GRADIENT_SIZE, sizeOf } from "./size-table.ts";

/** What a storage is made of, and who makes it. */
type Request = Readonly<{
  shape: Shape;
  dtype: Element;
  term: AllocatedTermId;
  op: string;
  module: string;
}>;

/** Allocates a storage with one holder. */
export const allocate = (ledger: Ledger, request: Request): Storage => {
  const { shape, dtype, term, op, module } = request;
  const bytes = bytesOfElement(dtype);
  const size = sizeOf(ledger, request, bytes);
  const blocks = shape.growth === CONSTANT ? Math.ceil((shape.factor * bytes) / BLOCK_BYTES) : 1;
  const at = ledger.entries;
  const storage: Storage = { size, blocks, term, holders: 1, at, shape, dtype, op, module };
  logEntry(ledger, storage, 1);
  ledger.rising = true;
  return storage;
};

/** From now on the storage counts in that term. */
export const countAs = (ledger: Ledger, storage: Storage, term: AllocatedTermId): void => {
  storage.term = term;
  storage.size = sizeOf(ledger, storage, bytesOfElement(storage.dtype));
};

/** Blocks that have counted in another size. */
type Moved = Readonly<{ from: number; to: number; blocks: number }>;

const move = (counts: number[], { from, to, blocks }: Moved): void => {
  while (counts.length <= to) counts.push(0);
  counts[from] = (counts[from] as number) - blocks;
  counts[to] = (counts[to] as number) + blocks;
};

/**
 * Moves a storage to another term, as if it had counted there since its allocation: only later is it known that a tensor becomes the
 * gradient of a parameter. The entry of the log changes, with maxima and delta of the segment that allocated it. Later segments count from
 * their own start.
 */
export const recountAs = (ledger: Ledger, storage: Storage, term: AllocatedTermId): void => {
  if (storage.term === term) return;
  const { segments, sizes } = ledger;
  const before = storage.size;
  countAs(ledger, storage, term);
  const { size, blocks, at: entry } = storage;
  const segment = segments.findLast(({ from }) => from <= entry);
  sizes[entry] = size;
  if (segment === undefined) return;
  const moved = { from: before, to: size, blocks };
  for (const { at, counts } of segment.maxima) if (at > entry) move(counts, moved);
  move(segment.to < 0 ? ledger.relative : segment.delta, moved);
};

/**
 * The storage becomes a parameter's gradient: it counts in "gradients" since its allocation. From now on its size is `GRADIENT_SIZE`, of
 * which only the share that stays on this GPU counts.
 */
export const turnIntoGradient = (ledger: Ledger, storage: Storage): void => {
  recountAs(ledger, storage, "gradients");
  if (storage.shape.growth !== CONSTANT) return;
  logEntry(ledger, storage, -1);
  storage.size = GRADIENT_SIZE;
  logEntry(ledger, storage, 1);
  // Kept in a wider dtype it takes more than before, so a local maximum may follow.
  ledger.rising = true;
};

/** Takes a storage's bytes away (−1), or gives them back (+1), whoever holds it, as `untyped_storage().resize_()` does. */
export const resize = (ledger: Ledger, storage: Storage, sign: 1 | -1): void => {
  if (sign < 0 && ledger.rising) keepMaximum(ledger);
  logEntry(ledger, storage, sign);
  if (sign > 0) ledger.rising = true;
};

/** One holder less; the last one frees the storage. */
export const release = (ledger: Ledger, storage: Storage): void => {
  storage.holders--;
  if (storage.holders > 0) return;
  if (ledger.rising) keepMaximum(ledger);
  logEntry(ledger, storage, -1);
};

/** What a storage is of that nothing was said of. */
const OF_COMPUTATION: StreamUse = { stream: "compute", isRecorded: false, partOf: null };

/** The streams of a storage. */
export const streamUseOf = ({ streamUses }: Ledger, storage: Storage): StreamUse =>
  streamUses.get(storage) ?? OF_COMPUTATION;

/** A storage is allocated on another stream than that of the computation. */
export const setStream = (ledger: Ledger, storage: Storage, stream: Stream): Storage => {
  ledger.streamUses.set(storage, { ...streamUseOf(ledger, storage), stream });
  return storage;
};

/** A storage is a part of the request that another one begins. */
export const setRequest = (ledger: Ledger, storage: Storage, partOf: Storage): void => {
  ledger.streamUses.set(storage, { ...streamUseOf(ledger, storage), partOf });
};

/** Another stream than that of a storage uses it until later than its owner does. @see torch/csrc/cuda, `record_stream` */
export const recordStream = (ledger: Ledger, storage: Storage): void => {
  ledger.streamUses.set(storage, { ...streamUseOf(ledger, storage), isRecorded: true });
};
