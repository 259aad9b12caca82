import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { QloraOverLora } from "#panels/advice/QloraOverLora.tsx";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { change } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

const show = (patch: Parameters<typeof change>[0]): void => {
  useScenario.setState(useScenario.getInitialState(), true);
  useScenario.setState({ catalog: FULL_CATALOG });
  render(<QloraOverLora />);
  act(() => change(patch));
};

test("an 8B model has no surprise; of a 0.5B one it is said why QLoRA is larger than LoRA, and a press takes the reason away", async () => {
  show({});
  expect(screen.queryByText(/^QLoRA takes/)).toBeNull();
  act(() => change({ model: { kind: "catalog", id: "qwen2.5-0.5b" }, kbit: "fp32" }));
  expect(await screen.findByText(/^QLoRA takes .* more than LoRA here, not less: .*k-bit preparation/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Leave out k-bit preparation" }));
  expect(useScenario.getState().choices.kbit).toBe("none");
  await waitFor(() => expect(screen.queryByText(/^QLoRA takes/)).toBeNull());
});

test("what is locked cannot be pressed", async () => {
  show({ model: { kind: "catalog", id: "qwen2.5-0.5b" }, kbit: "fp32", lock: ["kbit"] });
  expect(await screen.findByText(/^QLoRA takes/)).toBeVisible();
  expect(screen.queryByRole("button")).toBeNull();
});
