import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { openImportBox, useImportBox } from "#panels/import/import-state.ts";
import { ImportDoor } from "#panels/import/ImportDoor.tsx";
import { changeChoices, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { oomText } from "../../interop/oom/oom-texts.ts";
import { bringDialogs, dropOn, fileOf, LLAMA_FACTORY, pasteOn } from "./builders.ts";

const choices = () => useScenario.getState().choices;

const LOSS = oomText({ tried: "3.91 GiB", functions: ["training_step", "ForCausalLMLoss"] });
const LOGITS = "3.91 GiB is the logits in fp32, or their log-probabilities or gradient.";
const TITLE = "Out of memory, explained";

const box = (): HTMLElement => screen.getByRole("dialog", { name: TITLE });
const said = (title: string | RegExp): Promise<HTMLElement> => screen.findByRole("heading", { level: 3, name: title });

beforeEach(() => {
  bringDialogs();
  useScenario.setState(useScenario.getInitialState(), true);
  useImportBox.setState(useImportBox.getInitialState(), true);
  act(() => changeChoices({ method: "lora", batch: 2, seq: 4096 }));
  render(<ImportDoor />);
});

describe("an error that is pasted", () => {
  it("is shown with its request marked, what it was, its product, and what stood beside it", async () => {
    pasteOn(document.body, LOSS);
    expect(await said(LOGITS)).toBeVisible();
    const marked = within(box()).getByText("3.91 GiB");
    expect(marked.tagName).toBe("STRONG");
    expect(marked).toHaveStyle({ textDecorationColor: "var(--logits-edge)" });
    expect(screen.getByText("4 B × 2 × 4,096 tokens × 128,256 = 4,202,692,608 B").parentElement).toHaveTextContent(
      /, exact$/,
    );
    expect(screen.getByText(/^It was in a training step, in the loss\..*agree with this scenario/)).toBeVisible();
    expect(useScenario.getState().past).toHaveLength(1);
  });

  it("has ways out, each one step that can be taken back, and stays the error of the run before", async () => {
    pasteOn(document.body, LOSS);
    await said(LOGITS);
    const before = choices();
    await userEvent.click(await screen.findByRole("button", { name: "Apply: Fused loss" }));
    expect(choices()).toMatchObject({ loss: "fused", batch: 2 });
    expect(screen.getByText(/^Fused loss: applied\./)).toHaveTextContent(/LoRA: .* GiB on RTX 4090/);
    expect(await said(LOGITS)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Undo" }));
    expect(choices()).toBe(before);
    expect(screen.getByRole("button", { name: "Done" })).toHaveFocus();
    expect(screen.queryByText(/applied\./)).not.toBeInTheDocument();
  });

  it("offers no way that a link locks", async () => {
    act(() => changeChoices({ lock: ["loss"] }));
    pasteOn(document.body, LOSS);
    expect(await screen.findByRole("button", { name: "Apply: Batch 2 to 1" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Apply: Fused loss" })).not.toBeInTheDocument();
  });

  it("tells other candidates when they are asked for", async () => {
    pasteOn(document.body, LOSS);
    await userEvent.click(await screen.findByRole("button", { name: /^1 other candidate/ }));
    expect(screen.getByText("2 B × 4 × 4,096 tokens × 128,256 = 4,202,692,608 B")).toBeVisible();
  });

  it("stays in the field, and the box opens on it again", async () => {
    pasteOn(document.body, LOSS);
    await said(LOGITS);
    await userEvent.click(screen.getByRole("button", { name: "Done" }));
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    act(openImportBox);
    expect(await said(LOGITS)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Back to the text" }));
    expect(await screen.findByRole("textbox", { name: /an error/ })).toHaveValue(LOSS);
  });

  it("is held against the scenario as it is when the box is opened again", async () => {
    pasteOn(document.body, LOSS);
    await said(LOGITS);
    await userEvent.click(screen.getByRole("button", { name: "Done" }));
    act(() => changeChoices({ model: { kind: "catalog", id: "gemma-2-2b" } }));
    act(openImportBox);
    expect(await said(/^3\.91 GiB (?:is|may be) /)).toBeVisible();
    expect(screen.queryByText(/128,256/)).not.toBeInTheDocument();
  });
});

describe("an error of which the scenario has no tensor", () => {
  it("says so, and asks for model, batch and length, which hold it against another run", async () => {
    act(() => changeChoices({ batch: 1, seq: 2048 }));
    pasteOn(document.body, oomText({ tried: "125.25 GiB", functions: ["training_step", "cross_entropy"] }));
    expect(await said("No tensor of this scenario has 125.25 GiB in the loss.")).toBeVisible();
    expect(screen.getByText(/Most likely it is rows longer than the scenario's.*say which:$/)).toBeVisible();
    const run = within(screen.getByRole("group", { name: "The run it is held against" }));
    const batch = run.getByRole("spinbutton", { name: "Batch" });
    await userEvent.clear(batch);
    await userEvent.type(batch, "16{Enter}");
    const length = run.getByRole("spinbutton", { name: "Sequence" });
    await userEvent.clear(length);
    await userEvent.type(length, "16k{Enter}");
    expect(choices()).toMatchObject({ batch: 16, seq: 16384 });
    expect(await said(/^125\.25 GiB is the logits/)).toBeVisible();
  });

  it("may be of another model", async () => {
    pasteOn(document.body, oomText({ tried: "7.81 GiB", functions: ["training_step", "cross_entropy"] }));
    await said(/^7\.81 GiB/);
    await userEvent.selectOptions(await screen.findByRole("combobox", { name: "Model" }), "gemma-2-2b");
    expect(choices().model).toEqual({ kind: "catalog", id: "gemma-2-2b" });
    expect(await said(/^7\.81 GiB is the logits/)).toBeVisible();
    act(undo);
  });

  it("can be one of other rows, to which the scenario is set by a press", async () => {
    act(() => changeChoices({ batch: 1, seq: 2048 }));
    pasteOn(document.body, oomText({ tried: "3.91 GiB" }));
    expect(await said(/^3\.91 GiB may be the logits/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Set the scenario to 4 rows of 2,048 tokens" }));
    expect(choices()).toMatchObject({ batch: 4, seq: 2048 });
    expect(await said(LOGITS)).toHaveFocus();
  });
});

describe("a text with more in it than an error", () => {
  it("of several errors shows each when it is chosen", async () => {
    pasteOn(document.body, `${LOSS}\n${oomText({ tried: "20.00 MiB" })}`);
    await said(LOGITS);
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "This text has 2 errors" }), "1");
    expect(await said("20.00 MiB says nothing about the tensor.")).toBeVisible();
  });

  it("with a config is held against that run, which becomes the scenario", async () => {
    pasteOn(document.body, `${LLAMA_FACTORY}\n\n${LOSS}`);
    await said(/^3\.91 GiB/);
    expect(choices()).toMatchObject({ method: "qlora", seq: 4096, batch: 2, accum: 8 });
    expect(
      screen.getByText(/^The run that stands beside the error was taken over\. Pasted text: \d+ read/),
    ).toBeVisible();
  });

  it("dropped with a file that tells of no run names that file", async () => {
    dropOn(document.body, fileOf(LOSS, "train.log"), fileOf("nothing", "notes.txt"));
    await said(LOGITS);
    expect(screen.getByText("notes.txt tells of no run with a model, so the scenario is what it was.")).toBeVisible();
  });

  it("that says of no figure how much was asked for says what is missing, and stays in the field", async () => {
    pasteOn(document.body, "torch.cuda.OutOfMemoryError: CUDA out of memory.");
    expect(await screen.findByText(/^This is PyTorch's error, and its figures are missing\./)).toBeVisible();
    expect(screen.getByRole("textbox", { name: /an error/ })).toHaveValue(
      "torch.cuda.OutOfMemoryError: CUDA out of memory.",
    );
  });
});
