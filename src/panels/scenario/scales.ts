// Scales of the scenario's sliders, and token counts as people type them.

import type { Scale } from "#ui/SliderField.tsx";
import { parseNumber } from "#ui/NumberField.tsx";

/** Numbers of the form mantissa × base^n from `first` to `last`, ascending. */
const stopsBetween = (
  first: number,
  last: number,
  { base, mantissas }: Readonly<{ base: number; mantissas: readonly number[] }>,
): readonly number[] => {
  const stops: number[] = [];
  for (let unit = base ** Math.floor(Math.log(first) / Math.log(base)); unit <= last; unit *= base)
    for (const mantissa of mantissas) {
      // Two digits times a power of ten is whole here; binary fractions would leave 1.1e9 as 1,100,000,000.0000001.
      const stop = Math.round(unit * mantissa);
      if (stop >= first && stop <= last) stops.push(stop);
    }
  return stops;
};

/** 1.0, 1.1 ... 9.9: two digits are as much as a size's name says. */
const TWO_DIGITS = Array.from({ length: 90 }, (_, index) => (index + 10) / 10);

/** Sizes of language models: 0.1 B to 700 B, two digits. */
export const PARAMETERS_SCALE: Scale = {
  kind: "log",
  stops: stopsBetween(1e8, 7e11, { base: 10, mantissas: TWO_DIGITS }),
};

/** Micro batches: every one that people use, closer together where one more matters. */
export const BATCH_SCALE: Scale = {
  kind: "log",
  stops: [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64],
};

/** Ranks: powers of two, 1 to 512. */
export const RANK_SCALE: Scale = { kind: "log", stops: stopsBetween(1, 512, { base: 2, mantissas: [1] }) };

/** Bytes of a base weight: 4-bit, 8-bit, 16-bit, 32-bit. */
export const BASE_BYTES_SCALE: Scale = { kind: "log", stops: [0.5, 1, 2, 4] };

/** Bytes per parameter, as sliders of the flat accounting have them. */
export const BYTES_SCALE: Scale = { kind: "linear", stops: Array.from({ length: 33 }, (_, index) => index / 2) };

const SHORTEST = 128;
/** 128 K tokens: where the slider ends for most models. */
const LONGEST = 131_072;
/** 1 M tokens: where it ends for a model that was made for more than 128 K. */
const LONGEST_OF_LONG = 1_048_576;

const sequenceScale = (last: number): Scale => ({
  kind: "log",
  stops: stopsBetween(SHORTEST, last, { base: 2, mantissas: [1, 1.25, 1.5, 1.75] }),
});
const USUAL_SCALE = sequenceScale(LONGEST);
const LONG_SCALE = sequenceScale(LONGEST_OF_LONG);

/** Sequence lengths in tokens: 128 to 128 K, to 1 M for a model made for more; quarters between powers of two. */
export const sequenceScaleFor = (limit: number): Scale => (limit > LONGEST ? LONG_SCALE : USUAL_SCALE);

/** Tokens as people write them: "4096", "4,096", "4k" and "128 K" (1,024 tokens each). Anything else is null. */
export const parseTokens = (text: string): number | null => {
  const inThousands = /^(.*\d)\s*k\s*$/i.exec(text);
  const value = parseNumber(inThousands?.[1] ?? text);
  return value === null ? null : value * (inThousands === null ? 1 : 1024);
};
