import { render, screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import { formatGib } from "#format/bytes.ts";
import { Moments } from "#panels/answer/Moments.tsx";
import { DEFAULT_CHOICES } from "#scenario/defaults.ts";
import { useScenario } from "#scenario/store.ts";
import { toAnswer } from "#scenario/to-answer.ts";

beforeEach(() => useScenario.setState(useScenario.getInitialState(), true));

test("the moments of a step stand in a table too, and the highest of them is the total on the card", () => {
  render(<Moments />);
  const table = within(within(screen.getByRole("figure")).getByRole("table", { hidden: true }));
  expect(table.getAllByRole("columnheader", { hidden: true }).map(({ textContent }) => textContent)).toEqual([
    "Highest in the phase, GiB on the card",
    "Load",
    "Forward",
    "Backward",
    "Step",
    "After",
  ]);
  const totals = table.getAllByRole("cell", { hidden: true }).map(({ textContent }) => Number(textContent));
  const lora = toAnswer(DEFAULT_CHOICES, POPULAR_CATALOG).methods.find(({ method }) => method === "lora");
  expect(formatGib(lora?.estimate.onCardBytes ?? 0)).toBe(Math.max(...totals).toFixed(1));
});

test("the chart itself is not there before it comes near the window", () => {
  const { container } = render(<Moments />);
  expect(container.querySelector(".recharts-wrapper")).toBeNull();
});
