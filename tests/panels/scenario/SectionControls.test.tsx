import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { LoraControls } from "#panels/scenario/SectionControls.tsx";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

beforeEach(() => {
  useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
  render(<LoraControls />);
});

const choose = async (name: string): Promise<void> =>
  userEvent.click(within(screen.getByRole("group", { name: "Tuner" })).getByRole("radio", { name }));

it("says beside LoRA which of its variants take the same bytes", () =>
  expect(screen.getByText(/^rsLoRA, LoRA\+, PiSSA and OLoRA train with the same bytes/)).toBeVisible());

it.each([
  ["IA3", "ia3"],
  ["LoRA-FA", "lorafa"],
  ["LoHa", "loha"],
  ["LoKr", "lokr"],
  ["OFT", "oft"],
  ["VB-LoRA", "vblora"],
  ["AdaLoRA", "adalora"],
  ["Prompt tuning", "prompt_tuning"],
])("%s is chosen by its name, and has no DoRA", async (name, tuner) => {
  await choose(name);
  expect(useScenario.getState().choices.tuner).toBe(tuner);
  expect(screen.getByRole("checkbox", { name: "DoRA" })).toBeDisabled();
});

it("says what a tuner has not", async () => {
  await choose("IA3");
  for (const sentence of ["IA3 has no alpha.", "IA3 has no dropout of its input."])
    expect(screen.getByText(sentence)).toBeVisible();
  await choose("LoHa");
  expect(screen.getByText("Effective scale alpha / r = 2. Costs no memory.")).toBeVisible();
});

it("says where a tuner, or dropout, cannot be", async () => {
  act(() => changeChoices({ stack: "axolotl", tuner: "vera" }));
  expect(await screen.findByText(/^tuner=vera is nothing that this library has/)).toBeVisible();
  act(() => changeChoices({ tuner: "lora", dropout: 0.1, model: { kind: "catalog", id: "qwen3-30b-a3b" } }));
  expect(await screen.findByText(/^dropout=0\.1 is refused by PEFT beside adapters on fused experts/)).toBeVisible();
});
