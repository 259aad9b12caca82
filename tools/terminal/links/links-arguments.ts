import { parseArgs } from "node:util";

/** What `links` was asked for. */
export type LinksArguments = Readonly<{
  help: boolean;
  /** The git revision that answers before. */
  base: string;
  /** How many random links, and which. */
  random: number;
  seed: number;
}>;

const OPTIONS = {
  random: { type: "string", default: "2000" },
  seed: { type: "string", default: "1" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const isWhole = (text: string): boolean => /^\d{1,9}$/.test(text);

const isRight = (positionals: readonly string[], numbers: readonly string[]): boolean =>
  positionals.length === 1 && positionals[0] !== "" && numbers.every(isWhole);

/** Reads the arguments of `links`; null where there is an option that it does not have, no revision, or more than one. */
export const parseLinksArguments = (args: readonly string[]): LinksArguments | null => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
    const { help, random, seed } = values;
    if (!help && !isRight(positionals, [random, seed])) return null;
    return { help, base: positionals[0] ?? "", random: Number(random), seed: Number(seed) };
  } catch {
    return null;
  }
};
