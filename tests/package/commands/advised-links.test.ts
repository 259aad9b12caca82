import fc from "fast-check";
import { expect } from "vitest";
import type { AdviseJson } from "#package/advise-json.ts";
import { main as advise } from "#package/commands/advise.ts";
import { main as estimate } from "#package/commands/estimate.ts";
import { arbitraryLink } from "../../advice/arbitrary-training.ts";
import { tried } from "../../tried.ts";
import { focusIn, type Printed } from "./printed-estimate.ts";
import { runCommand } from "./run-command.ts";

/** The code, and the JSON of one link. */
const printedBy = async <Json>(command: typeof advise, link: string): Promise<readonly [number, Json]> => {
  const { code, printed } = await runCommand(command, ["--json", link]);
  return [code, JSON.parse(printed[0] ?? "") as Json];
};

const messagesOf = ({ issues }: Pick<Printed, "issues">): readonly string[] => issues.map(({ message }) => message);

/** What the method in focus leaves of its card, in the worst of the moments that are known; what vLLM holds is no part of that. */
const leftBy = (json: Printed): number => {
  const { headroomBytes, onCardBytes, run } = focusIn(json);
  const known = (run?.moments ?? []).filter(({ fit }) => fit !== "not-known");
  const taken = Math.max(onCardBytes ?? 0, ...known.map((moment) => moment.onCardBytes));
  return (headroomBytes ?? 0) + (onCardBytes ?? 0) - taken;
};

tried(
  "each link of advice opens without a new issue, and estimate says the figure of the advice",
  { quick: 2, thorough: 8 },
  (runs) =>
    fc.assert(
      fc.asyncProperty(arbitraryLink, async (link) => {
        const [, advice] = await printedBy<AdviseJson>(advise, link);
        const [, before] = await printedBy<Printed>(estimate, link);
        // Beyond 2^53 sums depend on their order.
        fc.pre(Number.isSafeInteger(focusIn(before).peakBytes));
        const known = messagesOf(advice);
        const opened = async (advised: string): Promise<readonly [number, Printed]> => {
          const [code, json] = await printedBy<Printed>(estimate, advised);
          const added = messagesOf(json).filter((message) => !known.includes(message));
          expect({ advised, added, link: json.link }).toEqual({ advised, added: [], link: advised });
          return [code, json];
        };
        for (const { id, link: advised, group, savedBytes } of advice.knobs) {
          const [code, json] = await opened(advised);
          const says = group === "hardware" ? { code: 0 } : { savedBytes };
          const is = group === "hardware" ? { code } : { savedBytes: leftBy(json) - leftBy(before) };
          expect({ link, id, ...is }).toEqual({ link, id, ...says });
        }
        if (advice.smallestSet === null) return;
        const [code] = await opened(advice.smallestSet.link);
        expect({ link, code }).toEqual({ link, code: 0 });
      }),
      runs,
    ),
);
