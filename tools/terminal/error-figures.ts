import { GIB } from "#calc/base/bytes.ts";

const PERCENT = 100;

/** Two decimals: the errors that count are of tenths of a percent. */
export const percent = (fraction: number): string => `${(fraction * PERCENT).toFixed(2)} %`;

/** With its sign, above zero too. */
export const signed = (fraction: number): string => `${fraction < 0 ? "" : "+"}${percent(fraction)}`;

/** Without its unit. */
export const gib = (bytes: number): string => (bytes / GIB).toFixed(2);
