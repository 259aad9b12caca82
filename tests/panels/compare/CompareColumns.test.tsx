import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CompareColumns } from "#panels/compare/CompareColumns.tsx";
import { replaceEngine } from "#scenario/page/engine.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { pin } from "#scenario/page/comparison.ts";
import { useScenario } from "#scenario/page/store.ts";
import { hereService } from "../../here-service.ts";

const titles = (): readonly string[] =>
  screen.queryAllByRole("heading", { level: 3 }).map(({ textContent }) => textContent);
const columnOf = (letter: string): HTMLElement => {
  const found = screen.getAllByRole("listitem").find(({ textContent }) => textContent.startsWith(letter));
  if (found === undefined) throw new Error(`There is no column ${letter}.`);
  return found;
};

beforeEach(() => {
  act(() => {
    useScenario.setState(useScenario.getInitialState(), true);
    changeChoices({ method: "qlora" });
    pin();
    changeChoices({ seq: 8192 });
    pin();
    changeChoices({ method: "full", seq: 2048 });
  });
});

afterEach(() => replaceEngine(hereService));

test("scenarios that are held stand beside the page's own, each with its difference in words", async () => {
  render(<CompareColumns />);
  await screen.findAllByRole("heading", { level: 3 });
  expect(titles()).toEqual([
    "A Llama 3.1 8B, Full, RTX 4090",
    "B Llama 3.1 8B, QLoRA, RTX 4090",
    "C Llama 3.1 8B, QLoRA, RTX 4090",
  ]);
  expect(columnOf("C")).toHaveTextContent("Sequence 8,192 instead of 2,048.");
});

test("one that is let go of takes its column with it, and the others keep theirs", async () => {
  render(<CompareColumns />);
  await userEvent.click(await screen.findByRole("button", { name: /^Remove ?B$/ }));
  await act(() => new Promise((resolve) => setTimeout(resolve, 50)));
  expect(titles()).toHaveLength(2);
  expect(columnOf("B")).toHaveTextContent("Sequence 8,192 instead of 2,048.");
});

test("one that trades places with the page's own is in one column at a time", async () => {
  render(<CompareColumns />);
  const seen = new Set<string>();
  const press = await screen.findByRole("button", { name: "Open this one: B" });
  const watch = new MutationObserver(() => seen.add(titles().join("; ")));
  watch.observe(document.body, { childList: true, characterData: true, subtree: true });
  await userEvent.click(press);
  await act(() => new Promise((resolve) => setTimeout(resolve, 50)));
  watch.disconnect();
  expect([...seen]).toEqual([
    "A Llama 3.1 8B, QLoRA, RTX 4090; B Llama 3.1 8B, Full, RTX 4090; C Llama 3.1 8B, QLoRA, RTX 4090",
  ]);
});

test("a press before the columns have followed means the scenario that its column shows", async () => {
  render(<CompareColumns />);
  await screen.findAllByRole("heading", { level: 3 });
  // From here on nobody answers: the columns stay as they are.
  replaceEngine({ ask: () => () => undefined });
  const remove = (letter: string) => within(columnOf(letter)).getByRole("button", { name: /^Remove/ });
  await userEvent.click(remove("B"));
  expect(titles()).toHaveLength(3);
  await userEvent.click(remove("B"));
  expect(useScenario.getState().pinned.map(({ seq }) => seq)).toEqual([8192]);
  await userEvent.click(remove("C"));
  expect(useScenario.getState().pinned).toEqual([]);
});

const cellsOf = (row: string): readonly string[] =>
  within(screen.getByRole("row", { name: new RegExp(`^${row}`) }))
    .getAllByRole("cell")
    .map(({ textContent }) => textContent);

test("each has a column of differences from the open scenario, signed, and nothing where they are the same", async () => {
  render(<CompareColumns />);
  await screen.findByRole("table");
  expect(screen.getAllByRole("columnheader").map(({ textContent }) => textContent)).toEqual([
    "At the peak, GiB",
    "A",
    "B",
    "B − A",
    "C",
    "C − A",
  ]);
  const [full, short, shortApart, long, longApart] = cellsOf("Needed on the card").map((text) =>
    Number(text.replace("−", "-")),
  );
  expect(shortApart).toBeCloseTo((short ?? 0) - (full ?? 0), 0);
  expect(longApart).toBeCloseTo((long ?? 0) - (full ?? 0), 0);
  expect(cellsOf("Needed on the card")[2]).toMatch(/^−\d/);
  expect(cellsOf("Adapters")[2]).toMatch(/^\+|^<\u00a0\+/);
});

test("a scenario with the same choices differs by nothing", async () => {
  act(() => {
    useScenario.setState(useScenario.getInitialState(), true);
    pin();
  });
  render(<CompareColumns />);
  await screen.findByRole("table");
  expect(cellsOf("Base weights")[2]).toBe("–");
});

test("a bar is named by its letter and its method, and on several cards the column says how many", async () => {
  act(() => changeChoices({ gpus: 2 }));
  render(<CompareColumns />);
  await screen.findAllByRole("heading", { level: 3 });
  expect(titles()[0]).toBe("A Llama 3.1 8B, Full, 2 × RTX 4090");
});

test("one that names something unknown has a column that says so, and the others keep their figures", async () => {
  act(() => {
    const { choices, pinned } = useScenario.getState();
    useScenario.setState({ pinned: [{ ...choices, unknown: { teacher: "gpt-4o" } }, ...pinned.slice(1)] });
  });
  render(<CompareColumns />);
  await screen.findAllByRole("heading", { level: 3 });
  expect(columnOf("B")).toHaveTextContent("Headroom does not know the teacher model “gpt-4o”.");
  expect(columnOf("B")).not.toHaveTextContent("GiB");
  expect(columnOf("C")).toHaveTextContent("Sequence 8,192 instead of 2,048.");
  await userEvent.click(screen.getByRole("button", { name: /^Remove ?B$/ }));
  await act(() => new Promise((resolve) => setTimeout(resolve, 50)));
  expect(titles()).toHaveLength(2);
});
