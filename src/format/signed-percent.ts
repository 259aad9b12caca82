import { formatPercent } from "./percent.ts";
import { MINUS } from "./signs.ts";

/** A share with its sign, as an error has one: `+0.41 %`, `−29.3 %`. */
export const formatSignedPercent = (fraction: number): string => {
  if (!Number.isFinite(fraction) || fraction === 0) return formatPercent(fraction);
  return `${fraction < 0 ? MINUS : "+"}${formatPercent(Math.abs(fraction))}`;
};
