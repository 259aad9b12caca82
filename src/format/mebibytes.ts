import { roundHalfUp } from "./round-half-up.ts";
import { formatCount } from "./count.ts";
import { NO_BREAK_SPACE } from "./signs.ts";

const MIB = 2 ** 20;

/** Bytes as MiB (2^20 B) without the unit, for tables of tensors: `14,336.0`; `< 0.1` where one decimal would say zero. */
export const formatMib = (bytes: number): string => {
  const tenths = roundHalfUp((bytes * 10) / MIB);
  if (tenths === 0) return `<${NO_BREAK_SPACE}0.1`;
  return `${formatCount(Math.floor(tenths / 10))}.${tenths % 10}`;
};
