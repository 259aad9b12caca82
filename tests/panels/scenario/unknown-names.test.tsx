import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { LoraControls } from "#panels/scenario/SectionControls.tsx";
import { ObjectiveControls } from "#panels/scenario/ObjectiveControls.tsx";
import { QuantControls, StackControls } from "#panels/scenario/StackControls.tsx";
import { ObjectiveRow, sectionSummaries } from "#panels/scenario/SectionRows.tsx";
import { TeacherControls } from "#panels/scenario/CompletionsControls.tsx";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";

const asked = (patch: Partial<Choices>): Choices => ({ ...DEFAULT_CHOICES, ...patch });
const show = (patch: Partial<Choices>): void => useScenario.setState({ choices: asked(patch), past: [], issues: [] });
const choices = (): Choices => useScenario.getState().choices;

test("an objective that is not known stands where it was asked for, none is chosen, and the usual one can be", async () => {
  show({ unknown: { objective: "ppo" } });
  render(
    <>
      <ObjectiveRow />
      <ObjectiveControls />
    </>,
  );
  expect(screen.getByRole("button", { name: /^Training for/ })).toHaveTextContent("ppo");
  for (const radio of screen.getAllByRole("radio")) expect(radio).not.toBeChecked();
  await userEvent.click(screen.getByRole("radio", { name: /^SFT/ }));
  expect(choices()).toMatchObject({ objective: "sft", unknown: {} });
  await waitFor(() => expect(screen.getByRole("radio", { name: /^SFT/ })).toBeChecked());
});

test("a library that is not known stands in its select, and the usual one can be chosen", async () => {
  show({ unknown: { stack: "megatron" } });
  render(<StackControls />);
  const select = screen.getByRole("combobox", { name: "Stack" });
  expect(select).toHaveDisplayValue("megatron");
  await userEvent.selectOptions(select, DEFAULT_CHOICES.stack);
  expect(choices()).toMatchObject({ stack: DEFAULT_CHOICES.stack, unknown: {} });
  expect(select).toHaveValue(DEFAULT_CHOICES.stack);
});

test.each([
  { key: "tuner", name: "soap", label: "Tuner", controls: <LoraControls /> },
  { key: "quant", name: "q9", label: "Quantised base", controls: <QuantControls /> },
])("no chip is on where $key is not known, and a locked field says its name", ({ key, name, label, controls }) => {
  show({ unknown: { [key]: name } });
  const { unmount } = render(controls);
  const chips = screen.getByRole("group", { name: label }).querySelectorAll("input");
  expect(chips.length).toBeGreaterThan(1);
  for (const chip of chips) expect(chip).not.toBeChecked();
  unmount();
  show({ unknown: { [key]: name }, lock: [key] });
  render(controls);
  expect(screen.getByText(name)).toBeVisible();
});

test("a teacher that is not known is named in its field", () => {
  show({ objective: "distill", unknown: { teacher: "no-such-teacher" } });
  render(<TeacherControls />);
  expect(screen.getByRole("button", { name: /Teacher/ })).toHaveTextContent("no-such-teacher");
});

test("closed lines say the names that were asked for", () => {
  const lines = sectionSummaries(asked({ unknown: { objective: "ppo", stack: "megatron", tuner: "soap" } }), {
    name: "TRL 1.x",
    attn_implementation: "sdpa",
  });
  expect(lines).toMatchObject({ objective: "ppo", stack: "megatron", lora: "soap, dropout 0" });
});
