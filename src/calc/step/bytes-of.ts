import { type AllocatedTermId, type PerTerm, perTerm } from "#calc/model/term.ts";
import type { Counts, SizeTable } from "#calc/tape/ledger/size-table.ts";

/** Bytes of each term: how many storages there are of each size, times the bytes of that size. */
export const bytesOf = ({ terms }: SizeTable, counts: Counts, sizes: Float64Array): PerTerm<number> => {
  const bytes = perTerm(() => 0);
  for (let size = 0; size < counts.length; size++) {
    const term = terms[size] as AllocatedTermId;
    bytes[term] += (counts[size] as number) * (sizes[size] as number);
  }
  return bytes;
};
