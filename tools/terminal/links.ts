import { readFileSync } from "node:fs";
import fc from "fast-check";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { formatCount } from "#format/numbers.ts";
import { variedLink } from "../../tests/scenario/varied-links.ts";
import { answerDifferences } from "./links/answer-differences.ts";
import { namesOneOf, newKeys, withoutKeys } from "./links/new-keys.ts";
import { answersOf } from "./links/answers-of.ts";
import { LINKS_OPTIONS, type LinksArguments, linksArguments } from "./links/links-arguments.ts";
import { revisionFolder } from "../house/revision-folder.mjs";
import { runCommand, UNREADABLE } from "#package/commands/command.ts";
import type { Command, Terminal } from "#package/commands/terminal.ts";

const USAGE = `Usage: npm run -s links -- [--random N] [--seed S] BASE

Asks the code as it was at a git revision and the code as it is here about the same links, and prints what is not answered alike: before -> after.
The links are those that must mean the same for ever (tests/golden/links.json), one for each model, and random ones.

  BASE        a git revision: HEAD, main, 1a2b3c4
  --random N  so many random links (2000)
  --seed S    another whole number gives others (1)

Ends with 0 when all answers are the same, 1 when some differ, 2 when there is nothing to compare.`;

/** Answers after which it is said how far it is. */
const EACH_SO_MANY = 500;

const FROZEN = "tests/golden/links.json";

const frozenLinks = (): readonly string[] => {
  const { links } = JSON.parse(readFileSync(FROZEN, "utf8")) as { links: readonly Readonly<{ link: string }>[] };
  // A terminal takes no empty text for a link.
  return links.map(({ link }) => link || "?");
};

const linksToAsk = ({ random, seed }: LinksArguments): readonly string[] => [
  ...frozenLinks(),
  ...Object.keys(FULL_CATALOG.models).map((id) => `?v=1&model=${id}`),
  ...fc.sample(variedLink, { numRuns: random, seed }),
];

/** What both sides say to links that both can read whole, and the keys that only this side has. */
type Compared = Readonly<{
  links: readonly Readonly<{ link: string; differences: readonly string[] }>[];
  newKeys: readonly string[];
  skipped: number;
}>;

/** Says now and then how far it is: thousands of links take minutes. */
const progress = (all: number, complain: Terminal["complain"]): (() => void) => {
  let answered = 0;
  return () => {
    answered += 1;
    if (answered % EACH_SO_MANY === 0) complain(`${formatCount(answered)} of ${formatCount(all)} answers`);
  };
};

/** Both sides at once: each is a process of its own. */
const compare = async (folder: string, links: readonly string[], complain: Terminal["complain"]): Promise<Compared> => {
  const tell = progress(2 * links.length, complain);
  const [before, after] = await Promise.all([answersOf(folder, links, tell), answersOf(".", links, tell)]);
  const keys = newKeys(before, after);
  const compared = links.flatMap((link, index) => {
    const [was, is] = [before[index], after[index]];
    if (namesOneOf(link, keys)) return [];
    return { link, differences: was && is ? answerDifferences(was, withoutKeys(is, keys)) : ["no answer"] };
  });
  return { links: compared, newKeys: keys, skipped: links.length - compared.length };
};

/** As it can be pasted; quoted where it has signs that a terminal would act on. */
const shown = (link: string): string => (/^[ -~]*$/.test(link) ? link : JSON.stringify(link));

const run = async (asked: LinksArguments, { print, complain }: Terminal): Promise<number> => {
  const folder = revisionFolder(asked.base, process.cwd())?.folder ?? null;
  if (folder === null) {
    complain(`git knows no commit ${JSON.stringify(asked.base)}.`);
    return UNREADABLE;
  }
  const { links: compared, newKeys: keys, skipped } = await compare(folder, linksToAsk(asked), complain);
  const differing = compared.filter(({ differences }) => differences.length > 0);
  for (const { link, differences } of differing)
    for (const line of [shown(link), ...differences.map((each) => `  ${each}`)]) print(line);
  const [all, same, other] = [compared.length, compared.length - differing.length, differing.length].map(formatCount);
  if (keys.length > 0)
    print(
      `Keys that ${asked.base} does not have: ${keys.join(", ")}; ${formatCount(skipped)} links that name them are left out.`,
    );
  print(`${all} links: ${same} the same, ${other} differ`);
  return differing.length === 0 ? 0 : 1;
};

/** `links`: which links the code here answers otherwise than it did at a revision. */
export const main: Command = runCommand<LinksArguments>({
  name: "links",
  usage: () => USAGE,
  options: LINKS_OPTIONS,
  askedOf: linksArguments,
  run,
});
