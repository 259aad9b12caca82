// Opening of a link on the page, with the answer to it.

import { type Choices, hasKnownRows } from "#scenario/keys/choices.ts";
import type { OpenedLink } from "#service/answers/opened-link.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { ensureFullCatalog, replaceChoices } from "./actions.ts";
import { awaitAnswer, askEngine } from "./engine.ts";
import { useScenario } from "./store.ts";

/** Ends the opening under way, if any. */
let end = (): void => undefined;

/** The answer is to the very choices that the page keeps: on its way from another thread it was copied beside them. */
const answerTo = ({ choices, answer }: OpenedLink): PageAnswer => ({ ...answer, choices });

/** Shows what the link says; the rows that it names beyond the popular ones come after the answer, for the lists to choose from. */
const takeOver = (opened: OpenedLink): void => {
  replaceChoices({ ...opened, answer: answerTo(opened) });
  const { catalog } = useScenario.getState();
  if (![opened.choices, ...opened.pinned].every((choices) => hasKnownRows(catalog, choices)))
    void ensureFullCatalog().catch(() => undefined);
};

/**
 * Takes over what a link says, with the answer to it, and keeps what was wrong with it for the page to show. A link opened meanwhile wins.
 *
 * @param search the link from its `?` on, or what follows it
 * @returns its choices once the page has taken them over; null where it could not be answered, or another link was opened meanwhile
 */
export const openLink = (search: string): Promise<Choices | null> => {
  end();
  return new Promise((resolve) => {
    end = awaitAnswer((arrived) => {
      const stop = askEngine("open", { search }, (outcome) => {
        arrived();
        if ("given" in outcome) takeOver(outcome.given);
        else useScenario.setState({ unanswered: outcome.failed });
        resolve("given" in outcome ? outcome.given.choices : null);
      });
      return () => {
        stop();
        resolve(null);
      };
    });
  });
};
