import { bytesOfElement } from "#calc/base/element.ts";
import type { Ledger, Storage } from "#calc/tape/ledger/ledger.ts";

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

/** The entry of the log with which the step begins: the batch is loaded after the model. */
const beginOf = ({ segments }: Ledger, layers: number): number =>
  segments.find(({ phase, layer }) => phase === "load" && layer === layers)?.from ?? 0;

/** Whether an entry and the next one say that a storage counts as a gradient from now on: nothing is freed. */
const isRenamed = ({ log, signs }: Ledger, index: number): boolean =>
  log[index] === log[index + 1] && (signs[index] as number) < 0;

/** Numbers the storages of a run of all layers, in the order in which they come. `layers`: how many layers were run. */
export const allocatorScript = (ledger: Ledger, layers: number): AllocatorScript => {
  const { log, signs } = ledger;
  /** Of each storage the number, by the entry of the log that it came with. */
  const numbers = new Int32Array(log.length).fill(-1);
  const storages: Storage[] = [];
  const numberOf = (storage: Storage): number => {
    const known = numbers[storage.at] as number;
    if (known !== -1) return known;
    numbers[storage.at] = storages.length;
    return storages.push(storage) - 1;
  };
  const load: number[] = [];
  const step: number[] = [];
  const alive = new Set<number>();
  const begin = beginOf(ledger, layers);
  for (let index = 0; index < log.length; index++) {
    if (isRenamed(ledger, index)) {
      index++;
      continue;
    }
    const number = numberOf(log[index] as Storage);
    const comes = (signs[index] as number) > 0;
    (index < begin ? load : step).push(comes ? number : ~number);
    if (index < begin) continue;
    if (comes) alive.add(number);
    else alive.delete(number);
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
