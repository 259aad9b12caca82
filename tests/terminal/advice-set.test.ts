import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type QuickAdvice, quickAdvice } from "#advice/advise.ts";
import { runToEnd, type Trial, evaluateTrial } from "#advice/trial.ts";
import { topChange } from "#advice/top-change.ts";
import { cardTraits } from "#catalog/gpu-support.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { choicesOf } from "../answered.ts";
import { main } from "../../tools/terminal/advice-set.ts";
import { FIXED_LINKS } from "../../tools/terminal/advice-set/fixed-links.ts";
import { isLedByOffload } from "../../tools/terminal/advice-set/is-led-by-offload.ts";
import { KINDS_OF_CARDS } from "../../tools/terminal/advice-set/kinds-of-cards.ts";
import { notRunning, offeredFor, overshoots, suggestedBy } from "../../tools/terminal/advice-set/overshoots.ts";
import { usualTraining } from "../advice/arbitrary-training.ts";
import { runCommand } from "../package/commands/run-command.ts";
import { tried } from "../tried.ts";

const run = (args: readonly string[]) => runCommand(main, args);

const madeOn = (choices: Choices): QuickAdvice => runToEnd(quickAdvice(choices, FULL_CATALOG));

const known = new Map<string, QuickAdvice>();

/** Advice on some choices, once: properties that draw from one seed draw the same choices, and draws of one list come again. */
const adviceOn = (choices: Choices): QuickAdvice => {
  const link = encodeLink(choices);
  const advice = known.get(link) ?? madeOn(choices);
  known.set(link, advice);
  return advice;
};

describe("advice-set", () => {
  test("says what leads where a set of scenarios does not fit, and counts what must not be", async () => {
    const { code, printed } = await run(["--fixed", "5", "--random", "1"]);
    expect(printed.at(-1)).toMatch(
      /^\d that do not fit · 0 led by offload where anything else fits · 0 overshoots over 1 random scenarios · 0 that the card cannot run over 12$/,
    );
    expect(code).toBe(0);
    const first = printed.indexOf("?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=2&seq=4096&r=16");
    expect(printed.slice(first + 1, first + 3)).toEqual([
      expect.stringMatching(/^ {2}Base weights are .* GiB\. To make LoRA fit: use a fused loss, which saves /),
      "  paid with: free",
    ]);
  });

  test.each([
    [["--random", "many"], '--random needs a whole number, and not "many".'],
    [["--seed", "-1"], '--seed needs a whole number, and not "-1".'],
    [["--fixed", "all"], '--fixed needs a whole number, and not "all".'],
    [["--wide"], 'advice-set has no option "--wide".'],
    [["wide"], 'advice-set takes no argument "wide".'],
  ])("ends with 2 and a sentence for %j", async (args, sentence) => {
    const { code, complaints } = await run(args);
    expect(code).toBe(2);
    expect(complaints).toEqual([`${sentence} npm run -s advice-set -- --help says what it takes.`]);
  });
});

test("the cards of each kind are in the catalog, and are a dozen of them", () => {
  const rows = KINDS_OF_CARDS.map((id) => FULL_CATALOG.gpus[id]);
  expect(rows).not.toContain(undefined);
  expect(rows).toHaveLength(12);
  expect(new Set(rows.flatMap((row) => (row === undefined ? [] : [cardTraits(row)]))).size).toBeGreaterThanOrEqual(6);
});

tried("nothing is led by the host's memory where anything else would do", { quick: 3, thorough: 40 }, (runs) => {
  fc.assert(
    fc.property(fc.constantFrom(...FIXED_LINKS), (link) => {
      expect(isLedByOffload(adviceOn(choicesOf(link)))).toBe(false);
    }),
    runs,
  );
});

tried("no number that is changed could go one step further and still fit", { quick: 4, thorough: 20 }, (runs) => {
  fc.assert(
    fc.property(usualTraining, (choices) => {
      const advice = adviceOn(choices);
      expect([suggestedBy(advice), offeredFor(advice)].flatMap(overshoots)).toEqual([]);
    }),
    runs,
  );
});

/** The number that a lead says of something; 0 where it says none. */
const saidOf = (lead: string, words: RegExp): number => Number(words.exec(lead)?.[1]?.replaceAll(",", "") ?? 0);

/**
 * What the lead says can grow, of what a change made smaller, and not to more than it was: a longer sequence may take less than the one that was cut (rows are
 * padded to multiples of 8). Nor beyond a gap: what the allocator keeps rises and falls with the length, so that 3,136 tokens go, 3,200 do not, and 3,264 do;
 * a cut is to the last number before some gap, and the lead may know one behind it.
 */
const growsAgain = (before: Choices, trial: Trial): readonly string[] => {
  const after = trial.choices;
  const { lead } = topChange(adviceOn(after));
  const [batch, seq] = [saidOf(lead, /a micro batch of ([\d,]+)/), saidOf(lead, /([\d,]+) tokens/)];
  const grows = (after.batch < batch && batch < before.batch) || (after.seq < seq && seq < before.seq);
  return grows ? overshoots({ start: evaluateTrial(before, FULL_CATALOG), trials: [trial] }) : [];
};

tried("what a change has cut has no room in the lead that follows", { quick: 3, thorough: 10 }, (runs) => {
  fc.assert(
    fc.property(usualTraining, (choices) => {
      for (const trial of suggestedBy(adviceOn(choices)).trials.filter(({ isWayOut }) => isWayOut))
        if (trial.choices.batch < choices.batch || trial.choices.seq < choices.seq)
          expect(growsAgain(choices, trial)).toEqual([]);
    }),
    runs,
  );
});

tried("nothing is suggested that a card of any kind cannot run", { quick: 1, thorough: 8 }, (runs) => {
  fc.assert(
    fc.property(usualTraining, (choices) => {
      for (const id of KINDS_OF_CARDS)
        expect(notRunning(suggestedBy(madeOn({ ...choices, gpu: { kind: "catalog", id } })))).toEqual([]);
    }),
    runs,
  );
});
