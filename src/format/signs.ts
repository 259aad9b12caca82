/** Keeps a number and what belongs to it on one line. */
export const NO_BREAK_SPACE = "\u00A0";
/** The true minus, as wide as the plus; a hyphen is not. */
export const MINUS = "\u2212";
/** Stands where there is nothing to show. */
export const EN_DASH = "\u2013";
