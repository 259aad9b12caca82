import { roundHalfUp } from "./round-half-up.ts";
import { EN_DASH, NO_BREAK_SPACE } from "./signs.ts";

/**
 * A share as per cent: `74.2 %`; with two decimals under one per cent, where adapters are: `0.52 %`; `< 0.01 %` where that would say zero and it is not.
 *
 * @param fraction of one
 */
export const formatPercent = (fraction: number): string => {
  if (!Number.isFinite(fraction)) return EN_DASH;
  if (fraction === 0) return `0${NO_BREAK_SPACE}%`;
  const hundredths = roundHalfUp(fraction * 10_000);
  if (hundredths === 0) return `<${NO_BREAK_SPACE}0.01${NO_BREAK_SPACE}%`;
  const digits = hundredths < 100 ? (hundredths / 100).toFixed(2) : (roundHalfUp(fraction * 1000) / 10).toFixed(1);
  return `${digits}${NO_BREAK_SPACE}%`;
};
