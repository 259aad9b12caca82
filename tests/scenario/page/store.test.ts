import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";

it("all panels of a frame are given one and the same answer, also where the page is drawn without a browser", () => {
  const first = useScenario.getInitialState();
  Object.assign(first, { answer: pageAnswer({ choices: first.choices }, POPULAR_CATALOG) });
  const given: Answer[] = [];
  const Panel = () => {
    given.push(useAnswer());
    return null;
  };
  renderToString(createElement("div", null, createElement(Panel), createElement(Panel)));
  expect(given).toHaveLength(2);
  expect(given[0]).toBe(given[1]);
  expect(given[0]?.choices).toBe(DEFAULT_CHOICES);
});
