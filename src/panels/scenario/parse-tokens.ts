import { parseNumber } from "#ui/parse-number.ts";

/** Tokens as people write them: "4096", "4,096", "4k" and "128 K" (1,024 tokens each). Anything else is null. */
export const parseTokens = (text: string): number | null => {
  const inThousands = /^(.*\d)\s*k\s*$/i.exec(text);
  const value = parseNumber(inThousands?.[1] ?? text);
  return value === null ? null : value * (inThousands === null ? 1 : 1024);
};
