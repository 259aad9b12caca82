import type { Ledger, Storage } from "./ledger.ts";
import type { Samples } from "./size-table.ts";

/** Counts so many blocks more (fewer if negative) of a size, at the sample points too. */
export const count = ({ relative, samples, sampleBytes }: Ledger, size: number, blocks: number): void => {
  while (relative.length <= size) relative.push(0);
  relative[size] = (relative[size] as number) + blocks;
  const bytes = sampleBytes[size] as Samples;
  samples[0] += blocks * bytes[0];
  samples[1] += blocks * bytes[1];
  samples[2] += blocks * bytes[2];
  samples[3] += blocks * bytes[3];
};

/** Logs and counts that a storage comes (+1) or goes (−1). */
export const enter = (ledger: Ledger, storage: Storage, sign: 1 | -1): void => {
  ledger.entries++;
  ledger.log.push(storage);
  ledger.signs.push(sign);
  ledger.sizes.push(storage.size);
  count(ledger, storage.size, sign * storage.blocks);
};
