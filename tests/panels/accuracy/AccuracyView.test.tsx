import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { ACCURACY } from "#catalog/accuracy.ts";
import { AccuracyView } from "#panels/accuracy/AccuracyView.tsx";
import { filterRuns, FIRST_FILTER } from "#panels/accuracy/AccuracyFilters.tsx";

beforeEach(() => {
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 844, 440));
});

const figures = (): string => screen.getByRole("status").textContent.replaceAll("\u00a0", " ");
const runsTable = (): HTMLElement => screen.getByRole("table", { name: /largest error first/ });

test("the first look is at runs on one GPU with exact tokens, and says how far they are off", () => {
  render(<AccuracyView />);
  const { length } = filterRuns(ACCURACY.runs, FIRST_FILTER);
  expect(length).toBeGreaterThan(100);
  expect(figures()).toMatch(new RegExp(`^${length} runs: median error .* %, nine in ten within .* %, worst [+−].* %$`));
});

test("filters narrow figures and table alike; a combination that no run has is said to have none", async () => {
  render(<AccuracyView />);
  await userEvent.selectOptions(screen.getByLabelText("Method"), "QLoRA");
  const shown = filterRuns(ACCURACY.runs, { ...FIRST_FILTER, method: "qlora" });
  expect(figures()).toMatch(new RegExp(`^${shown.length} runs`));
  for (const link of within(runsTable()).getAllByRole("link", { name: /, / }))
    expect(link).toHaveTextContent(/, QLoRA$/);
  await userEvent.selectOptions(screen.getByLabelText("What was measured"), "reserved");
  await userEvent.selectOptions(screen.getByLabelText("Stack"), "FMS Acceleration");
  expect(figures()).toBe("No run is all of this.");
  expect(screen.queryByRole("table", { name: /largest error first/ })).toBeNull();
});

test("a run's name opens its scenario", () => {
  render(<AccuracyView />);
  const [first] = within(runsTable()).getAllByRole("rowheader");
  expect(within(first as HTMLElement).getByRole("link", { name: /, (Full|LoRA|QLoRA)$/ })).toHaveAttribute(
    "href",
    expect.stringMatching(/^\?v=1&/),
  );
});

test("the table shows the worst first, and all when asked", async () => {
  render(<AccuracyView />);
  const rows = (): number => within(runsTable()).getAllByRole("row").length - 1;
  expect(rows()).toBe(20);
  await userEvent.click(screen.getByRole("button", { name: /^Show all \d+ runs/ }));
  expect(rows()).toBe(filterRuns(ACCURACY.runs, FIRST_FILTER).length);
});

const seenTable = (): HTMLElement => screen.getByRole("table", { name: /means over the runs of a source/ });
const groupOf = (source: string): HTMLElement => {
  const body = within(seenTable()).getByRole("rowheader", { name: source }).closest("tbody");
  if (body === null) throw new Error(`${source} has no group`);
  return body;
};

test("reserved and nvidia-smi have columns of their own, by source, beside what is seen and needed, and say what predicted them", async () => {
  render(<AccuracyView />);
  const columns = ["By", "Reserved", "nvidia-smi", "Seen", "Needed", "Median error", "Nine in ten within"];
  expect(
    within(seenTable())
      .getAllByRole("columnheader")
      .map(({ textContent }) => textContent),
  ).toEqual(columns);
  const words = screen.getAllByRole("term").map(({ textContent }) => textContent);
  expect(words).toEqual(["Reserved", "nvidia-smi", "Seen", "Needed", "Replay", "Rule"]);
  const source = "rasbt/LLMs-from-scratch ch05/10_llm-training-speed README";
  const cells = within(groupOf(source)).getAllByRole("cell");
  expect(within(groupOf(source)).getByRole("rowheader", { name: "replay, 7 runs" })).toBeVisible();
  expect(cells[0]).toHaveTextContent(/^\d/);
  expect(cells[1]).toHaveTextContent(/^$/);
  await userEvent.selectOptions(screen.getByLabelText("Runs"), "Several GPUs");
  expect(within(groupOf(source)).getByRole("rowheader", { name: "replay, 1 run" })).toBeVisible();
  // With parts in host memory there is no replay.
  for (const name of ["replay, 10 runs", "rule, 6 runs"])
    expect(within(seenTable()).getByRole("rowheader", { name })).toBeVisible();
});

test("runs of which nothing was seen have no such table", async () => {
  render(<AccuracyView />);
  await userEvent.selectOptions(screen.getByLabelText("What was measured"), "not named");
  expect(screen.queryByRole("table", { name: /means over the runs of a source/ })).toBeNull();
});

test("it says plainly where predictions are wrong, what was not held at all, and where the runs come from", () => {
  render(<AccuracyView />);
  expect(screen.getByRole("heading", { name: "Where it is wrong, and by how much" })).toBeVisible();
  for (const { why, rows } of ACCURACY.notMapped) expect(screen.getByText(`${rows}: ${why}`)).toBeVisible();
  for (const { name, url } of ACCURACY.sources) expect(screen.getByRole("link", { name })).toHaveAttribute("href", url);
});
