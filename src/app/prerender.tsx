// The default answer as HTML, drawn once by the build for the page and the embed.

import { StrictMode } from "react";
import { prerender } from "react-dom/static";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { scenarioLine } from "#scenario/choices/answer.ts";
import { useScenario } from "#scenario/page/store.ts";
import { type PageAnswer, pageAnswer } from "#service/answers/page-answer.ts";
import { Root } from "./Root.tsx";

/** What index.html shows before any script has run. */
export type StaticAnswer = Readonly<{
  page: string;
  embed: string;
  /** The default scenario, in a line. */
  scenario: string;
  /** The answer that both are drawn from, as data: the page comes alive with it and asks no engine. */
  answer: string;
}>;

/** In one piece, late parts included, in order: React's way of filling in late parts afterwards is an inline script, which the page's policy refuses. */
const draw = async (identifierPrefix: string): Promise<string> => {
  const { prelude } = await prerender(
    <StrictMode>
      <Root />
    </StrictMode>,
    { progressiveChunkSize: Number.POSITIVE_INFINITY, identifierPrefix },
  );
  return new Response(prelude).text();
};

/**
 * An answer as the page needs it from the start: another method than the one in focus has the formula of its weights alone, whose bytes a control shows. What more
 * there is of it the engine says as soon as it comes into focus.
 */
const asDrawn = ({ choices, methods, ...answer }: PageAnswer): Omit<PageAnswer, "choices"> => ({
  ...answer,
  methods: methods.map((one) =>
    one.method === choices.method
      ? one
      : {
          ...one,
          estimate: {
            ...one.estimate,
            terms: one.estimate.terms.map((term) => (term.id === "weights" ? term : { ...term, formula: [] })),
          },
        },
  ),
});

/** The default scenario's answer as HTML, as the page shows it and as the embed does. Called once, by the build. */
export const prerenderAnswer = async (): Promise<StaticAnswer> => {
  // Where there is no browser, components read the state that the store began with.
  const state = useScenario.getInitialState();
  const { choices } = state;
  const answer = pageAnswer({ choices }, POPULAR_CATALOG);
  Object.assign(state, { answer });
  const page = await draw("");
  const asEmbed = { ...choices, embed: true };
  Object.assign(state, { choices: asEmbed, answer: { ...answer, choices: asEmbed } });
  const embed = await draw("embed");
  // The page has the default choices by itself (`drawnAnswer`).
  return { page, embed, scenario: scenarioLine(answer), answer: JSON.stringify(asDrawn(answer)) };
};
