import type { Allocator } from "./allocator.ts";
import type { Block } from "./block.ts";
import { finishUse, free, freeWhileUsed } from "./free-block.ts";
import { malloc } from "./malloc.ts";
import type { Part } from "./run.ts";

/** A run under way. */
export type Replay = { readonly allocator: Allocator; readonly storages: number; readonly blocks: (Block | null)[] };

/** One for each storage, none of which has a block yet. `Array.from` takes five times as long, a sixth of a whole replay. */
const noBlocks = (storages: number): Replay["blocks"] => {
  const blocks: Replay["blocks"] = [];
  for (let storage = 0; storage < storages; storage++) blocks.push(null);
  return blocks;
};

/** A run of so many storages at its beginning. */
export const startReplay = (allocator: Allocator, storages: number): Replay => ({
  allocator,
  storages,
  blocks: noBlocks(storages),
});

/** False where memory is out. */
const allocate = ({ allocator, blocks }: Replay, part: Part, storage: number): boolean => {
  const bytes = part.bytes[storage] ?? 0;
  if (bytes === 0) return true;
  const block = malloc(allocator, bytes, part.streams[storage] ?? 0);
  if (block === null) return false;
  block.storage = storage;
  blocks[storage] = block;
  return true;
};

/** The block of a storage, unless it has none: of 0 bytes, or freed while all streams were waited for. */
const blockOf = ({ blocks }: Replay, storage: number): Block | null => {
  const block = blocks[storage];
  return block?.storage === storage ? block : null;
};

const letGo = (replay: Replay, storage: number): void => {
  const block = blockOf(replay, storage);
  if (block?.state === "waiting") finishUse(replay.allocator, block);
  else if (block !== null) free(replay.allocator, block);
};

const letGoWhileUsed = (replay: Replay, storage: number): void => {
  const block = blockOf(replay, storage);
  if (block !== null) freeWhileUsed(replay.allocator, block);
};

/** An event of a part happens; false where memory is out. */
export const replayEvent = (replay: Replay, part: Part, event: number): boolean => {
  if (event < 0) letGo(replay, ~event);
  else if (event < replay.storages) return allocate(replay, part, event);
  else letGoWhileUsed(replay, event - replay.storages);
  return true;
};
