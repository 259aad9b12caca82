import { bytesOfElement } from "#calc/base/element.ts";
import type { Ledger, Storage } from "#calc/tape/ledger/ledger.ts";

/** What the tape asks of the allocator, for any batch and length: its storages, numbered, and when each comes and goes. */
export type AllocatorScript = Readonly<{
  /** How each storage grows, and the bytes of one unit of that growth. */
  growths: readonly number[];
  factors: readonly number[];
  /** Positions of one chunk of a scan. */
  chunkSize: number;
  /** As in `Part.events`: n, storage n is allocated; ~n, it is freed. */
  load: readonly number[];
  step: readonly number[];
  /** What is left of the step when backward has ended: gradients, the batch, what the training loop holds. */
  left: readonly number[];
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
  const numbers = new Map<Storage, number>();
  const growths: number[] = [];
  const factors: number[] = [];
  const numberOf = (storage: Storage): number => {
    const known = numbers.get(storage);
    if (known !== undefined) return known;
    growths.push(storage.shape.growth);
    factors.push(storage.shape.factor * bytesOfElement(storage.dtype));
    numbers.set(storage, numbers.size);
    return numbers.size - 1;
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
  return { growths, factors, chunkSize: ledger.chunkSize, load, step, left: [...alive] };
};
