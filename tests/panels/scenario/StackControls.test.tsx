import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { ExpertControls, QuantControls } from "#panels/scenario/StackControls.tsx";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

const QWEN_MOE: Choices["model"] = { kind: "catalog", id: "qwen3-30b-a3b" };
const choices = (): Choices => useScenario.getState().choices;
const group = (name: string): HTMLElement => screen.getByRole("group", { name });
const choose = async (name: string, option: string): Promise<void> =>
  userEvent.click(within(group(name)).getByRole("radio", { name: option }));

const show = (patch: Partial<Choices> = {}): void => {
  useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
  changeChoices({ model: QWEN_MOE, ...patch });
  render(<ExpertControls />);
};

describe("the controls of experts", () => {
  it.each<readonly [string, Partial<Choices>]>([
    ["a dense model", { model: DEFAULT_CHOICES.model }],
    ["no quantised base", { show: ["full", "lora"] }],
  ])("are not there for %s", (_, patch) => {
    show(patch);
    expect(screen.queryByRole("group")).not.toBeInTheDocument();
  });

  it("store them otherwise than the library does, and leave them to it again", async () => {
    show();
    expect(within(group("Experts")).getByRole("radio", { name: "16-bit" })).toBeChecked();
    expect(within(group("Experts")).queryByRole("radio", { name: "MXFP4" })).not.toBeInTheDocument();
    expect(screen.queryByRole("group", { name: "Reading of experts" })).not.toBeInTheDocument();
    await choose("Experts", "4-bit");
    expect(choices().experts).toBe("4bit");
    await choose("Reading of experts", "Rebuilt in backward");
    expect(choices().expertread).toBe("rebuilt");
    await choose("Reading of experts", "Saved for backward");
    expect(choices().expertread).toBeNull();
    await choose("Experts", "16-bit");
    expect(choices().experts).toBeNull();
  });

  it("have MXFP4 for gpt-oss, and say where it cannot be trained on", async () => {
    show({ model: { kind: "catalog", id: "gpt-oss-20b" } });
    await choose("Experts", "MXFP4");
    expect(await screen.findByText(/^experts=mxfp4 can be trained on only where/)).toBeVisible();
  });

  it("begin with what Unsloth does, and stand as words where the page is not to be changed", () => {
    show({ stack: "unsloth", lock: ["experts", "expertread"] });
    expect(screen.queryByRole("radio")).not.toBeInTheDocument();
    for (const word of ["4-bit", "Rebuilt in backward"]) expect(screen.getByText(word)).toBeVisible();
  });
});

const DISTILL: Choices["model"] = { kind: "catalog", id: "deepseek-r1-distill-llama-8b" };
const dynamic = (): HTMLElement =>
  within(screen.getByRole("group", { name: "Quantised base" })).getByRole("radio", { name: "Unsloth dynamic 4-bit" });

const quantControlsShow = (patch: Partial<Choices> = {}): void => {
  useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
  changeChoices(patch);
  render(<QuantControls />);
};

describe("a dynamic 4-bit base", () => {
  it("is offered for a model whose list is known, and puts QLoRA in focus", async () => {
    quantControlsShow({ model: DISTILL });
    await userEvent.click(dynamic());
    expect(choices()).toMatchObject({ quant: "unsloth-dynamic", method: "qlora" });
    expect(dynamic()).toBeChecked();
    expect(screen.getByLabelText("Double quantization")).toBeChecked();
  });

  it("is not offered for others, and says what to paste", () => {
    quantControlsShow();
    expect(dynamic()).toBeDisabled();
    expect(dynamic().closest("label")).toHaveAttribute("title", expect.stringContaining("paste the config.json"));
  });
});
