import fc from "fast-check";
import { type QuickAdvice, quickAdvice } from "#advice/advise.ts";
import { runToEnd } from "#advice/trial.ts";
import { topChange } from "#advice/top-change.ts";
import { groupOf } from "#advice/knob-search.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { usualTraining } from "../../tests/advice/arbitrary-training.ts";
import { FIXED_LINKS } from "./advice-set/fixed-links.ts";
import { isLedByOffload } from "./advice-set/is-led-by-offload.ts";
import { KINDS_OF_CARDS } from "./advice-set/kinds-of-cards.ts";
import { notRunning, offeredFor, overshoots, suggestedBy } from "./advice-set/overshoots.ts";
import { runCommand, noArguments, type Arguments } from "#package/commands/command.ts";
import type { Command, Terminal } from "#package/commands/terminal.ts";
import { wholeOption } from "./whole-option.ts";

const USAGE = `Usage: npm run -s advice-set -- [--fixed N] [--random N] [--seed S]

Says of sixty scenarios (six models, five cards, LoRA with two loads) that do not fit what advice leads with, and what its changes are paid with, in order.
Then tries random scenarios: no number in a change could go one step further and still fit, and no card gets a change that it cannot run.

  --fixed N   the first N of the sixty alone
  --random N  so many random scenarios for each (300, which take an hour or two)
  --seed S    another whole number gives others (1)

Ends with 0 when nothing is led by offload, overshoots or cannot run, 1 when something does, 2 for another option.`;

const adviceOn = (choices: Choices): QuickAdvice => runToEnd(quickAdvice(choices, FULL_CATALOG));

/** What the changes of a set are paid with, each once: "free, slower". */
const groupsOf = ({ smallestSet: set }: QuickAdvice): readonly string[] => [
  ...new Set((set?.knobs ?? []).map(groupOf)),
];

/** The lead and what its changes are paid with, of what does not fit. */
const linesOf = (link: string, advice: QuickAdvice): readonly string[] => {
  const { lead, action, rest } = topChange(advice);
  const groups = groupsOf(advice).join(", ");
  return [link, `  ${lead}${action}${rest}`.replaceAll("\u00A0", " "), `  paid with: ${groups || "nothing fits"}`];
};

type Asked = Readonly<{ fixed: number; random: number; seed: number }>;

const USUAL_RANDOM = 300;

const askedOf = (given: Arguments): Asked | string => {
  const fixed = wholeOption(given, "--fixed", FIXED_LINKS.length);
  const random = wholeOption(given, "--random", USUAL_RANDOM);
  const seed = wholeOption(given, "--seed", 1);
  if (typeof fixed === "string") return fixed;
  if (typeof random === "string") return random;
  if (typeof seed === "string") return seed;
  return noArguments("advice-set", given) ?? { fixed, random, seed };
};

const run = ({ fixed, random, seed }: Asked, { print }: Terminal): number => {
  const over = FIXED_LINKS.slice(0, fixed)
    .map((link) => ({ link, advice: adviceOn(decodeLink(link, FULL_CATALOG).value) }))
    .filter(({ advice }) => advice.start.card.fit === "over");
  for (const { link, advice } of over) for (const line of linesOf(link, advice)) print(line);
  const offloaded = over.filter(({ advice }) => isLedByOffload(advice));

  const scenarios = fc.sample(usualTraining, { numRuns: random, seed });
  const advised = scenarios.map(adviceOn);
  const offered = advised.map(offeredFor);
  const suggested = [...over.map(({ advice }) => advice), ...advised].map(suggestedBy);
  const overshot = [...suggested, ...offered].flatMap(overshoots);
  const onKinds = scenarios.flatMap((choices) =>
    KINDS_OF_CARDS.map((id): Choices => ({ ...choices, gpu: { kind: "catalog", id } })),
  );
  const stuck = [...offered, ...onKinds.map((choices) => suggestedBy(adviceOn(choices)))].flatMap(notRunning);
  for (const line of [...overshot, ...stuck]) print(`! ${line}`);
  print("");
  print(
    `${over.length} that do not fit · ${offloaded.length} led by offload where anything else fits · ` +
      `${overshot.length} overshoots over ${random} random scenarios · ${stuck.length} that the card cannot run over ${onKinds.length}`,
  );
  return offloaded.length + overshot.length + stuck.length === 0 ? 0 : 1;
};

/** `advice-set`: what is advised in a fixed set of scenarios, and what must hold for any. */
export const main: Command = runCommand<Asked>({
  name: "advice-set",
  usage: () => USAGE,
  options: { "--fixed": "value", "--random": "value", "--seed": "value" },
  askedOf,
  run,
});
