import { act, render, screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { Guide } from "#panels/advice/Guide.tsx";
import { MinimumGpus } from "#panels/advice/MinimumGpus.tsx";
import { AnchoredPages } from "#panels/answer/AnchoredPages.tsx";
import { Computed } from "#panels/answer/Computed.tsx";
import { focusedMethod } from "#scenario/choices/answer.ts";
import { ArticleView } from "#panels/article/ArticleView.tsx";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";

beforeEach(() => useScenario.setState({ ...useScenario.getInitialState(), catalog: FULL_CATALOG }, true));

const TITLE = "LoRA vs QLoRA vs Full Fine-Tuning: Which Approach Should You Use?";

/** Quoted, by its rule, as a step, and why they differ. */
const cells = (size: string, method: string): readonly string[] =>
  within(
    within(screen.getByRole("region", { name: "The article’s memory table beside the engine" })).getByRole("row", {
      name: new RegExp(`^${size} ${method} `),
    }),
  )
    .getAllByRole("cell")
    .map(({ textContent }) => textContent)
    .slice(1);

const GuideNow = () => {
  const answer = useAnswer();
  const focus = focusedMethod(answer);
  return focus === null ? null : <Guide answer={answer} focus={focus} />;
};

test.each([
  ["7B", "84+", "84.0"],
  ["13B", "156+", "156"],
  ["34B", "408+", "408"],
  ["70B", "840+", "840"],
])(
  "for full fine-tuning of %s the article prints %s, and its 12 bytes per parameter give that",
  (size, quoted, rule) => {
    render(<ArticleView />);
    expect(cells(size, "Full").slice(0, 2)).toEqual([quoted, rule]);
  },
);

test("its LoRA and QLoRA figures do not follow from its rule, and are not made to", () => {
  render(<ArticleView />);
  const [lora, loraRule] = cells("7B", "LoRA");
  const [qlora, qloraRule] = cells("7B", "QLoRA");
  expect([lora, qlora]).toEqual(["16", "6"]);
  expect(Number(loraRule)).toBeLessThan(15);
  expect(Number(qloraRule)).toBeLessThan(5);
});

test("a step is one at the batch and length of the scenario, and its rule knows neither", () => {
  render(<ArticleView />);
  const [, rule, step] = cells("7B", "LoRA");
  act(() => changeChoices({ batch: 4, seq: 4096 }));
  const [, ruleThen, stepThen] = cells("7B", "LoRA");
  expect(ruleThen).toBe(rule);
  expect(Number(stepThen)).toBeGreaterThan(Number(step));
  expect(screen.getByText(/at batch 4 and 4,096 tokens/)).toBeVisible();
});

test("it is named by its title and linked wherever its figures are quoted", () => {
  changeChoices({ stack: "article" });
  for (const Place of [ArticleView, GuideNow, MinimumGpus, Computed]) {
    const { unmount } = render(<Place />);
    expect(screen.getByRole("link", { name: TITLE })).toHaveAttribute(
      "href",
      "https://flashattn.dev/blog/lora-vs-qlora-vs-full-fine-tuning",
    );
    unmount();
  }
});

test("what this tool has nothing to hold against is said once, on the article’s own page", () => {
  render(
    <>
      <ArticleView />
      <GuideNow />
    </>,
  );
  expect(screen.getAllByText(/nothing to hold/)).toHaveLength(1);
});

test("the formulas lead to the article’s figures only when its preset is chosen", () => {
  const { rerender } = render(<Computed />);
  expect(screen.queryByRole("link", { name: "The article’s figures" })).toBeNull();
  changeChoices({ stack: "article" });
  rerender(<Computed />);
  expect(screen.getByRole("link", { name: "The article’s figures" })).toHaveAttribute("href", "#article");
});

test("each page over the page has its own window, though one leads to the other", async () => {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  location.hash = "#article";
  render(<AnchoredPages />);
  const first = await screen.findByRole("dialog", { name: "The article’s figures" });
  act(() => {
    location.hash = "#minimum-gpus";
    dispatchEvent(new Event("hashchange"));
  });
  expect(await screen.findByRole("dialog", { name: "How many GPUs it takes" })).not.toBe(first);
  act(() => {
    location.hash = "";
    dispatchEvent(new Event("hashchange"));
  });
  expect(screen.queryByRole("dialog")).toBeNull();
});
