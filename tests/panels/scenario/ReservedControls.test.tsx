import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { ReservedControls } from "#panels/scenario/ReservedControls.tsx";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

const choices = (): Choices => useScenario.getState().choices;
const number = (name: string): HTMLElement => screen.getByRole("spinbutton", { name });
const choose = async (group: string, name: string): Promise<void> =>
  userEvent.click(within(screen.getByRole("group", { name: group })).getByRole("radio", { name }));
const type = async (name: string, text: string): Promise<void> => {
  await userEvent.clear(number(name));
  await userEvent.type(number(name), `${text}{Enter}`);
};

const show = (patch: Partial<Choices> = {}): void => {
  useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
  changeChoices(patch);
  render(<ReservedControls />);
};

describe("the controls of what is reserved", () => {
  it("say how long rows are, about a mean that is no longer than the longest", async () => {
    show({ seq: 4096 });
    expect(screen.queryByRole("spinbutton", { name: "Mean length" })).not.toBeInTheDocument();
    await choose("Row lengths", "Uniform");
    expect(choices().lengths).toBe("uniform");
    expect(screen.getByText(/^From 1 token to the sequence length\./)).toBeVisible();
    await choose("Row lengths", "Log-normal");
    expect(choices().lengths).toBe(1024);
    expect(screen.getByText(/an assumption\.$/)).toBeVisible();
    await type("Mean length", "2k");
    expect(choices().lengths).toBe(2048);
    await type("Mean length", "4097");
    expect(choices().lengths).toBe(4096);
    await choose("Row lengths", "Fixed");
    expect(choices().lengths).toBe("fixed");
  });

  it("say what is set of the allocator, and take no limit that PyTorch refuses", async () => {
    show();
    await choose("Allocator", "Expandable");
    expect(choices().alloc).toBe("expandable");
    expect(screen.getByText(/^expandable_segments:True\./)).toBeVisible();
    await choose("Allocator", "Split limit");
    expect(choices().alloc).toBe(512);
    await type("Blocks split below", "19");
    expect(choices().alloc).toBe(20);
    await choose("Allocator", "Default");
    expect(choices().alloc).toBe("default");
  });

  it("say where they do not matter", () => {
    show({ gpus: 2, shard: "zero3", alloc: "expandable", lengths: 512 });
    expect(screen.getByText(/^alloc=expandable is not counted with DeepSpeed/)).toBeVisible();
    expect(screen.getByText(/^lengths=lognormal:512 is not counted with DeepSpeed/)).toBeVisible();
  });

  it("stand as words where the page is not to be changed", () => {
    show({ alloc: 64, lengths: 700, lock: ["alloc", "lengths"] });
    expect(screen.queryByRole("radio")).not.toBeInTheDocument();
    expect(screen.queryByRole("spinbutton")).not.toBeInTheDocument();
    for (const word of ["Log-normal", "700", "Split limit", "64"]) expect(screen.getByText(word)).toBeVisible();
  });
});
