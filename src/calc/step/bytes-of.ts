import { type Component, perComponent } from "#calc/model/component.ts";
import type { Counts, SizeTable } from "#calc/tape/ledger/size-table.ts";

/** Bytes of such counts by component, with the bytes of each size. */
export const bytesOf = (
  { components }: SizeTable,
  counts: Counts,
  sizes: Float64Array,
): Readonly<Record<Component, number>> => {
  const bytes = perComponent(() => 0);
  for (let size = 0; size < counts.length; size++) {
    const component = components[size] as Component;
    bytes[component] += (counts[size] as number) * (sizes[size] as number);
  }
  return bytes;
};
