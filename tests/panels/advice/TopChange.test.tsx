import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { TopChange } from "#panels/advice/TopChange.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

const SMALL = { model: { kind: "catalog", id: "qwen2.5-0.5b" }, kbit: "fp32" } as const;

const show = (patch: Parameters<typeof changeChoices>[0]): void => {
  useScenario.setState(useScenario.getInitialState(), true);
  useScenario.setState({ catalog: FULL_CATALOG });
  render(<TopChange />);
  act(() => changeChoices(patch));
};

test("of an 8B model the room is said; of a 0.5B one that QLoRA is larger than LoRA, and a press takes the reason away", async () => {
  show({});
  expect(await screen.findByText(/^LoRA has room for/)).toBeVisible();
  act(() => changeChoices(SMALL));
  expect(await screen.findByText(/^QLoRA takes .* more than LoRA here: k-bit preparation/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Apply" }));
  expect(useScenario.getState().choices.kbit).toBe("none");
  await waitFor(() => expect(screen.queryByText(/^QLoRA takes/)).toBeNull());
});

test("what makes the method in focus fit comes before what surprises of another", async () => {
  show({ ...SMALL, batch: 64, seq: 8192 });
  expect(await screen.findByText(/To make LoRA fit:/)).toBeVisible();
  act(() => changeChoices({ method: "qlora" }));
  expect(await screen.findByText(/^QLoRA takes/)).toBeVisible();
});

test("what is locked cannot be pressed", async () => {
  show({ ...SMALL, lock: ["kbit"] });
  expect(await screen.findByText(/^QLoRA takes/)).toBeVisible();
  expect(screen.queryByRole("button")).toBeNull();
});
