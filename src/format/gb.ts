import { GB } from "#calc/base/quantity.ts";
import { formatCount } from "./count.ts";

/** Where one decimal would round to a hundred. */
const NO_DECIMAL_FROM_GB = 99.95;

/** Bytes as GB (10^9 B, not GiB) without unit or sign: one decimal below a hundred, none from there on. For figures that others print in GB. */
export const formatGb = (bytes: number): string => {
  const gb = Math.abs(bytes) / GB;
  return gb < NO_DECIMAL_FROM_GB ? gb.toFixed(1) : formatCount(gb);
};
