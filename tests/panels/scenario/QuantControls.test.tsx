import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { QuantControls } from "#panels/scenario/StackControls.tsx";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

const DISTILL: Choices["model"] = { kind: "catalog", id: "deepseek-r1-distill-llama-8b" };
const choices = (): Choices => useScenario.getState().choices;
const dynamic = (): HTMLElement =>
  within(screen.getByRole("group", { name: "Quantised base" })).getByRole("radio", { name: "Unsloth dynamic 4-bit" });

const show = (patch: Partial<Choices> = {}): void => {
  useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
  changeChoices(patch);
  render(<QuantControls />);
};

describe("a dynamic 4-bit base", () => {
  it("is offered for a model whose list is known, and puts QLoRA in focus", async () => {
    show({ model: DISTILL });
    await userEvent.click(dynamic());
    expect(choices()).toMatchObject({ quant: "unsloth-dynamic", method: "qlora" });
    expect(dynamic()).toBeChecked();
    expect(screen.getByLabelText("Double quantization")).toBeChecked();
  });

  it("is not offered for others, and says what to paste", () => {
    show();
    expect(dynamic()).toBeDisabled();
    expect(dynamic().closest("label")).toHaveAttribute("title", expect.stringContaining("paste the config.json"));
  });
});
