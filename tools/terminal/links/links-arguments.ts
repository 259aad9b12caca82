import type { Arguments } from "#package/commands/command.ts";
import { wholeOption } from "../whole-option.ts";

/** What `links` was asked for. */
export type LinksArguments = Readonly<{
  /** The git revision that answers before. */
  base: string;
  /** How many random links, and which. */
  random: number;
  seed: number;
}>;

/** What `links` takes beside a revision. */
export const LINKS_OPTIONS = { "--random": "value", "--seed": "value" } as const;

const USUAL_RANDOM = 2000;
const USUAL_SEED = 1;

/** What the arguments of `links` ask for; or what is wrong with them, as a sentence. */
export const linksArguments = (given: Arguments): LinksArguments | string => {
  const [base = "", other] = given.rest;
  if (base === "") return "There is no revision.";
  if (other !== undefined) return "links takes one revision.";
  const random = wholeOption(given, "--random", USUAL_RANDOM);
  const seed = wholeOption(given, "--seed", USUAL_SEED);
  if (typeof random === "string") return random;
  return typeof seed === "string" ? seed : { base, random, seed };
};
