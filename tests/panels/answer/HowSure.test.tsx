import { render, screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import { Computed } from "#panels/answer/Computed.tsx";
import { change } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

beforeEach(() => useScenario.setState(useScenario.getInitialState(), true));

/** A card with so much more or less than what LoRA must have on it, as a share of the peak. */
const cardAt = (share: number): void => {
  const lora = toAnswer(useScenario.getState().choices, POPULAR_CATALOG).methods.find(
    ({ method }) => method === "lora",
  );
  const estimate = lora?.estimate;
  if (estimate === undefined) throw new Error("LoRA is shown");
  change({ gpu: { kind: "custom", memoryBytes: estimate.onCardBytes + share * estimate.peakBytes, unit: "GiB" } });
};

test.each([
  ["tight", 0.02, /of the card lie within: tight\./],
  ["fits, but for the high end", 0.1, /Only the high end passes the [\d.]+\sGiB of the card\./],
  ["over, but for the low end", -0.01, /Only the low end is below the [\d.]+\sGiB of the card\./],
])("a run that is %s is told where the card lies in its range", (_, share, sentence) => {
  cardAt(share);
  render(<Computed />);
  expect(screen.getByText(sentence)).toBeVisible();
});

test("nothing is said where the whole range is on one side, and the way to the published runs is there", () => {
  cardAt(1);
  render(<Computed />);
  expect(screen.queryByText(/of the card lie within|Only the (?:high|low) end/)).toBeNull();
  expect(screen.getByRole("link", { name: "Predicted against measured" })).toHaveAttribute("href", "#accuracy");
});
