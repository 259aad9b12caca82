import { render, screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { Article } from "#panels/answer/Article.tsx";
import { Computed } from "#panels/answer/Computed.tsx";
import { change } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

beforeEach(() => useScenario.setState(useScenario.getInitialState(), true));

const cells = (row: string): readonly (string | null)[] =>
  within(screen.getByRole("row", { name: new RegExp(`^${row} `) }))
    .getAllByRole("cell")
    .map(({ textContent }) => textContent);

test.each([
  ["7B", "84+", "84.0"],
  ["13B", "156+", "156"],
  ["34B", "408+", "408"],
  ["70B", "840+", "840"],
])(
  "the article prints %s for full fine-tuning of %s, and its 12 bytes per parameter give that",
  (size, quoted, rule) => {
    render(<Article />);
    expect(cells(size).slice(0, 2)).toEqual([quoted, rule]);
  },
);

test("its LoRA and QLoRA figures do not follow from its rule, and are not made to", () => {
  render(<Article />);
  const [, , , lora, loraRule, , qlora, qloraRule] = cells("7B");
  expect([lora, qlora]).toEqual(["16", "6"]);
  expect(Number(loraRule)).toBeLessThan(15);
  expect(Number(qloraRule)).toBeLessThan(5);
});

test("the quoted figures stand under the formulas only when the article's preset is chosen", () => {
  const { rerender } = render(<Computed />);
  expect(screen.queryByRole("heading", { name: /article’s figures/ })).toBeNull();
  change({ stack: "article" });
  rerender(<Computed />);
  expect(screen.getByRole("heading", { name: /article’s figures/ })).toBeVisible();
});
