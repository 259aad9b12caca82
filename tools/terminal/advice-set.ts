import { parseArgs } from "node:util";
import fc from "fast-check";
import { type QuickAdvice, quickAdvice } from "#advice/advise.ts";
import { runThrough } from "#advice/run-through.ts";
import { topChange } from "#advice/top-change.ts";
import { groupOf } from "#advice/turn-knobs.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { usualTraining } from "../../tests/advice/arbitrary-training.ts";
import { FIXED_LINKS } from "./advice-set/fixed-links.ts";
import { isLedByOffload } from "./advice-set/is-led-by-offload.ts";
import { KINDS_OF_CARDS } from "./advice-set/kinds-of-cards.ts";
import { notRunning, offeredFor, overshoots, suggestedBy } from "./advice-set/overshoots.ts";
import type { Command } from "#package/commands/terminal.ts";

const USAGE = `Usage: npm run -s advice-set -- [--fixed N] [--random N] [--seed S]

Says of sixty scenarios (six models, five cards, LoRA with two loads) that do not fit what advice leads with, and what its changes are paid with, in order.
Then tries random scenarios: no number in a change could go one step further and still fit, and no card gets a change that it cannot run.

  --fixed N   the first N of the sixty alone
  --random N  so many random scenarios for each (300, which take some ten minutes)
  --seed S    another whole number gives others (1)

Ends with 0 when nothing is led by offload, overshoots or cannot run, 1 when something does, 2 for another option.`;

const adviceOn = (choices: Choices): QuickAdvice => runThrough(quickAdvice(choices, FULL_CATALOG));

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

const askedOf = (args: readonly string[]): Asked | null => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        fixed: { type: "string", default: String(FIXED_LINKS.length) },
        random: { type: "string", default: "300" },
        seed: { type: "string", default: "1" },
      },
    });
    const { fixed, random, seed } = values;
    return [fixed, random, seed].every((text) => /^\d{1,9}$/.test(text))
      ? { fixed: Number(fixed), random: Number(random), seed: Number(seed) }
      : null;
  } catch {
    return null;
  }
};

/** `advice-set`: what is advised in a fixed set of scenarios, and what must hold for any. */
export const main: Command = async ({ args, print, complain }) => {
  const asked = askedOf(args);
  if (asked === null) {
    complain(USAGE);
    return 2;
  }
  const { fixed, random, seed } = asked;
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
