import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { TrainingControls, KernelControls } from "#panels/scenario/TrainingControls.tsx";
import { changeChoices, ensureFullCatalog } from "#scenario/page/actions.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

const show = (patch: Partial<Choices>): void => {
  changeChoices(patch);
  render(<TrainingControls />);
};

const attention = (): HTMLElement => screen.getByRole("group", { name: "Attention" });

describe("the control of attention", () => {
  beforeEach(async () => {
    await ensureFullCatalog();
    useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
  });

  it("says what the library takes for this model by itself, which is no change", async () => {
    show({ model: { kind: "catalog", id: "gemma-2-9b" }, attn: "eager" });
    await waitFor(() => expect(useScenario.getState().answer?.usualAttention).toBe("eager"));
    await waitFor(() => expect(screen.queryByText(/^Changed\./)).toBeNull());
    changeChoices({ attn: "flash" });
    expect(await screen.findByText("Changed. The stack uses Eager.")).toBeVisible();
  });

  it("takes what the library takes by itself for no choice", async () => {
    show({ attn: "eager" });
    expect(await screen.findByText("Changed. The stack uses SDPA.")).toBeVisible();
    await userEvent.click(within(attention()).getByText("SDPA"));
    expect(useScenario.getState().choices.attn).toBeNull();
  });
});

const choices = (): Choices => useScenario.getState().choices;
const box = (name: string): HTMLElement => screen.getByRole("checkbox", { name });

const kernelControlsShow = (patch: Partial<Choices> = {}): void => {
  useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
  changeChoices(patch);
  render(<KernelControls />);
};

describe("the controls of kernels and of how checkpoints run", () => {
  it("are those that the library has settings for", () => {
    kernelControlsShow({ stack: "unsloth" });
    expect(screen.queryAllByRole("checkbox")).toEqual([]);
  });

  it("say what the library does until it is told otherwise, and give it back", async () => {
    kernelControlsShow({ stack: "axolotl" });
    expect(box("Reentrant checkpoints")).toBeChecked();
    expect(box("Liger’s kernels")).not.toBeChecked();
    expect(box("Fused LoRA kernels")).toBeChecked();
    for (const name of ["Reentrant checkpoints", "Liger’s kernels", "Fused LoRA kernels"])
      await userEvent.click(box(name));
    expect(choices()).toMatchObject({ reentrant: false, liger: true, lorakernels: false });
    expect(screen.getAllByText(/^Changed\. The stack uses (On|Off)\.$/)).toHaveLength(3);
    for (const name of ["Reentrant checkpoints", "Liger’s kernels", "Fused LoRA kernels"])
      await userEvent.click(box(name));
    expect(choices()).toMatchObject({ reentrant: null, liger: null, lorakernels: null });
  });

  it("say nothing of checkpoints where there are none, nor of kernels for adapters that the library has not", () => {
    kernelControlsShow({ ckpt: false });
    expect(screen.queryByRole("checkbox", { name: "Reentrant checkpoints" })).not.toBeInTheDocument();
    expect(screen.queryByRole("checkbox", { name: "Fused LoRA kernels" })).not.toBeInTheDocument();
    expect(box("Liger’s kernels")).not.toBeChecked();
  });

  it("say which other choices they do not go with", () => {
    kernelControlsShow({ stack: "axolotl", dora: true });
    expect(box("Fused LoRA kernels")).toBeDisabled();
    expect(box("Fused LoRA kernels")).not.toBeChecked();
    expect(screen.getByText("LoRA beside a base of 16 or 4 bits only.")).toBeVisible();
  });

  it("show what a library decides by itself, for a type of model, too", () => {
    kernelControlsShow({ stack: "axolotl", model: { kind: "catalog", id: "gemma-4-e2b" } });
    expect(box("Reentrant checkpoints")).not.toBeChecked();
  });

  it("show checkpoints of a model's own code as that has them", () => {
    kernelControlsShow(decodeLink("?v=1&model=custom&arch=qwen.h4096.f11008.l2.a32.k32.d128.v32000.t0", null).value);
    expect(box("Reentrant checkpoints")).toBeChecked();
    expect(box("Reentrant checkpoints")).toBeDisabled();
    expect(screen.getByText(/^Settled by this model’s code/)).toBeVisible();
  });

  it("leave kernels out by themselves on a card without Triton, and ask for them by name", async () => {
    kernelControlsShow({ stack: "axolotl", gpu: { kind: "catalog", id: "apple-m3-max-64gb" } });
    expect(box("Fused LoRA kernels")).not.toBeChecked();
    expect(screen.getByText("Written in Triton, which this card has not.")).toBeVisible();
    await userEvent.click(box("Fused LoRA kernels"));
    expect(choices().lorakernels).toBe(true);
  });

  it("say what a library never does", () => {
    kernelControlsShow({ stack: "llama-factory", gpus: 2, reentrant: true });
    expect(box("Reentrant checkpoints")).not.toBeChecked();
    expect(screen.getByText(/^reentrant=1 is what this library never does with shard=fsdp2/)).toBeVisible();
  });
});
