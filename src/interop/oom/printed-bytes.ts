import { GIB } from "#calc/base/quantity.ts";
import { type ByteRange, middleOf } from "./byte-range.ts";

const MIB = 2 ** 20;

/** As PyTorch prints it, which is what a person looks for: "9.37 GiB", "194.00 MiB". */
export const printedBytes = (range: ByteRange): string => {
  const bytes = middleOf(range);
  return bytes >= GIB ? `${(bytes / GIB).toFixed(2)} GiB` : `${(bytes / MIB).toFixed(2)} MiB`;
};
