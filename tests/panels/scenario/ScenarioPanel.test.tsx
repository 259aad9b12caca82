import { act, cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { renderToString } from "react-dom/server";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSection, useAskedSection } from "#panels/scenario/sections.ts";
import { ScenarioPanel } from "#panels/scenario/ScenarioPanel.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";

const choices = (): Choices => useScenario.getState().choices;
const number = (name: string): HTMLElement => screen.getByRole("spinbutton", { name });
const slider = (name: string): HTMLElement => screen.getByRole("slider", { name });
const open = async (list: RegExp): Promise<void> => userEvent.click(screen.getByRole("button", { name: list }));

/** What lies under a row is fetched when the row is opened. */
const unfold = async (section: RegExp): Promise<void> => {
  await open(section);
  const row = screen.getByRole("button", { name: section });
  await waitFor(() => expect(document.getElementById(row.getAttribute("aria-controls") ?? "")).toHaveTextContent(/./));
};

const show = (patch: Partial<Choices> = {}): void => {
  useScenario.setState({ choices: { ...DEFAULT_CHOICES, ...patch }, past: [] });
  render(<ScenarioPanel />);
};

/** What is in sight but comes a moment late is there from now on. */
beforeAll(async () => {
  render(<ScenarioPanel />);
  await screen.findByRole("group", { name: "Target modules" });
  await screen.findByRole("slider", { name: "Bytes per parameter" });
  cleanup();
});

beforeEach(() => {
  useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
  useAskedSection.setState({ section: null, times: 0 });
});

describe("the scenario column", () => {
  it("shows the seven main controls and keeps the rest in rows that say their value", () => {
    show();
    for (const name of ["Model size", "Batch size", "Sequence length", "LoRA rank", "Bytes per parameter"])
      expect(slider(name)).toBeVisible();
    for (const name of [/^Model Llama 3.1 8B/, /^GPU RTX 4090 24 GB/])
      expect(screen.getByRole("button", { name })).toBeVisible();
    expect(screen.getByRole("group", { name: "Target modules" })).toBeVisible();
    expect(screen.getByRole("button", { name: "LoRA alpha 32, dropout 0" })).toBeVisible();
    expect(screen.queryByRole("group", { name: "Loss" })).not.toBeInTheDocument();
  });

  it("holds no style attribute in static HTML", () => {
    expect(renderToString(<ScenarioPanel />)).not.toMatch(/\sstyle=/);
  });

  it("names the model's size, layers and vocabulary, and what adapters add to it", () => {
    show();
    expect(screen.getByText("8.03 B parameters, 32 layers, vocabulary 128,256")).toBeVisible();
    expect(
      screen.getByText("41.9 M trainable, 0.52 % of the model. In Llama, all linear is attention + MLP."),
    ).toBeVisible();
  });

  it("makes a model known by its size alone when the size is moved", async () => {
    show();
    slider("Model size").focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(choices().model).toEqual({ kind: "size", params: 8.1e9 });
  });

  it("finds Llama 3.1 8B by “llama 8”", async () => {
    show({ model: { kind: "size", params: 7e9 } });
    await open(/^Model Custom/);
    await userEvent.type(await screen.findByRole("combobox", { name: "Search: Model" }), "llama 8");
    const found = await screen.findByRole("option", { name: /Llama 3\.1 8B/ });
    await userEvent.click(found);
    expect(choices().model).toEqual({ kind: "catalog", id: "llama-3.1-8b" });
  });

  it("offers a size where one is typed into the search", async () => {
    show();
    await open(/^Model Llama/);
    await userEvent.type(await screen.findByRole("combobox", { name: "Search: Model" }), "13B");
    await userEvent.click(await screen.findByRole("option", { name: /Custom size/ }));
    expect(choices().model).toEqual({ kind: "size", params: 13e9 });
  });

  it("takes a card of any capacity", async () => {
    show();
    await open(/^GPU RTX/);
    await userEvent.type(await screen.findByRole("combobox", { name: "Search: GPU" }), "20 GB");
    await userEvent.click(await screen.findByRole("option", { name: /Custom/ }));
    expect(choices().gpu).toEqual({ kind: "custom", memoryBytes: 20e9, unit: "GB" });
    await userEvent.clear(number("Memory"));
    await userEvent.type(number("Memory"), "22{Enter}");
    expect(choices().gpu).toEqual({ kind: "custom", memoryBytes: 22e9, unit: "GB" });
  });

  it("takes a sequence typed in K, and says when the model was not made for it", async () => {
    show({ model: { kind: "catalog", id: "llama-2-7b" } });
    await waitFor(() => expect(number("Sequence length")).toHaveValue("2,048"));
    await userEvent.clear(number("Sequence length"));
    await userEvent.type(number("Sequence length"), "8k{Enter}");
    expect(choices().seq).toBe(8192);
    expect(screen.getByText("The model was made for 4,096 tokens; longer is an extrapolation.")).toBeVisible();
  });

  it("divides a model over several GPUs, and says at the number what does not go", async () => {
    show({ gpus: 1 });
    await unfold(/^Several GPUs/);
    expect(screen.queryByRole("spinbutton", { name: "Tensor parallel" })).not.toBeInTheDocument();
    await userEvent.clear(number("How many"));
    await userEvent.type(number("How many"), "8{Enter}");
    expect(screen.getByRole("checkbox", { name: "Sequence parallel" })).toBeDisabled();
    await userEvent.clear(number("Tensor parallel"));
    await userEvent.type(number("Tensor parallel"), "3{Enter}");
    expect(screen.getByText("tp=3 does not divide 32 attention heads; tp=1 is used.")).toBeVisible();
    await userEvent.clear(number("Tensor parallel"));
    await userEvent.type(number("Tensor parallel"), "2{Enter}");
    await userEvent.click(screen.getByRole("checkbox", { name: "Sequence parallel" }));
    await userEvent.clear(number("Pipeline stages"));
    await userEvent.type(number("Pipeline stages"), "2{Enter}");
    expect(choices()).toMatchObject({ gpus: 8, tp: 2, sp: true, cp: 1, pp: 2 });
    expect(screen.getByText(/^pp=2 takes at least 2 micro batches, and accum is 1/)).toBeVisible();
    const divides = screen.getByRole("checkbox", { name: "Loss over divided logits" });
    await userEvent.click(divides);
    expect(choices().loss).toBe("parallel");
    await userEvent.click(divides);
    expect(choices().loss).toBeNull();
    await userEvent.clear(number("Ulysses"));
    await userEvent.type(number("Ulysses"), "4{Enter}");
    expect(screen.getByText(/^ulysses=4 shares out all of a model’s heads/)).toBeVisible();
  });

  it("checkpoints layers in part, and keeps activations in host memory, as far as that goes with the rest", async () => {
    show();
    await unfold(/^Training (?!for)/);
    await userEvent.click(screen.getByRole("radio", { name: "One in n" }));
    expect(choices()).toMatchObject({ selective: 2 });
    await userEvent.clear(number("Layers for each checkpoint"));
    await userEvent.type(number("Layers for each checkpoint"), "4{Enter}");
    await userEvent.click(screen.getByRole("checkbox", { name: "Activations in host memory" }));
    expect(choices()).toMatchObject({ ckpt: true, selective: 4, actoffload: true });
    await userEvent.click(screen.getByRole("radio", { name: "Whole" }));
    await userEvent.click(screen.getByRole("checkbox", { name: "Gradient checkpointing" }));
    expect(screen.queryByRole("radio", { name: "By operation" })).not.toBeInTheDocument();
    expect(choices()).toMatchObject({ ckpt: false, selective: null });
  });

  it("says where checkpoints by operation do not go", async () => {
    show({ stack: "transformers-4.46", selective: "op" });
    await unfold(/^Training (?!for)/);
    expect(
      screen.getByText(/^selective=op goes with checkpoints that are not reentrant, and this library’s are/),
    ).toBeVisible();
  });

  it("moves rank by powers of two and batch by one", async () => {
    show();
    slider("LoRA rank").focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}");
    expect(choices().r).toBe(64);
    slider("Batch size").focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(choices().batch).toBe(2);
  });

  it("keeps at least one method shown, and the focus on a shown one", async () => {
    show();
    await unfold(/^Methods shown/);
    await userEvent.click(screen.getByRole("checkbox", { name: "LoRA" }));
    expect([choices().show, choices().method]).toEqual([["full", "qlora"], "full"]);
    await userEvent.click(screen.getByRole("checkbox", { name: "Full" }));
    expect(screen.getByRole("checkbox", { name: "QLoRA" })).toBeDisabled();
    expect(screen.getByText("The last one stays.")).toBeVisible();
  });

  it("says what the stack would use where a value departs from it, and gives it back", async () => {
    show();
    await unfold(/^Training (?!for)/);
    await userEvent.click(screen.getByRole("radio", { name: "In place" }));
    expect(screen.getByText("Changed. The stack uses Full.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Training 1 changed" })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Reset Loss" }));
    expect(choices().loss).toBeNull();
    expect(screen.queryByText("Changed. The stack uses Full.")).not.toBeInTheDocument();
  });

  it("takes no change for choosing what the stack does anyway", async () => {
    show({ loss: "fused" });
    await unfold(/^Training (?!for)/);
    await userEvent.click(within(screen.getByRole("group", { name: "Loss" })).getByRole("radio", { name: "Full" }));
    expect(choices().loss).toBeNull();
  });

  it("sets the bytes of the base by a slider for the method in focus; a quantised base leads to its own control", async () => {
    show({ method: "full" });
    slider("Bytes per parameter").focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(choices().weights).toBe("fp32");
    await userEvent.keyboard("{ArrowLeft}{ArrowLeft}{ArrowLeft}");
    expect(choices().weights).toBe(0.5);
    await userEvent.clear(number("Bytes per parameter"));
    await userEvent.type(number("Bytes per parameter"), "2{Enter}");
    expect(choices().weights).toBeNull();
    expect(screen.getByRole("button", { name: "Formats bf16 base, bf16 gradients" })).toBeVisible();
    act(() => changeChoices({ method: "qlora" }));
    expect(screen.getByRole("status", { name: "Bytes per parameter" })).toHaveTextContent("0.52");
    await userEvent.click(screen.getByRole("button", { name: "Quantised base" }));
    expect(screen.getByRole("button", { name: /^Stack and precision/ })).toHaveFocus();
  });

  it("sets bytes per parameter by element type or by number", async () => {
    show();
    await unfold(/^Formats/);
    const weights = within(screen.getByRole("group", { name: "Weights" }));
    await userEvent.click(weights.getByRole("radio", { name: "fp32" }));
    expect(choices().weights).toBe("fp32");
    await userEvent.clear(number("Weights, bytes"));
    await userEvent.type(number("Weights, bytes"), "0.5{Enter}");
    expect(choices().weights).toBe(0.5);
    expect(screen.getByText("Changed. The stack uses bf16.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Reset Bytes per parameter" }));
    expect(choices().weights).toBeNull();
  });

  it("has sliders for the bytes of the article's accounting", async () => {
    show({ stack: "article", method: "full" });
    expect(number("Optimizer")).toHaveValue("8");
    slider("Optimizer").focus();
    await userEvent.keyboard("{ArrowLeft}");
    expect(choices().states).toBe(7.5);
  });

  it("turns a preset of targets into module names of the model's family", async () => {
    show({ targets: "q-v" });
    await userEvent.click(screen.getByRole("radio", { name: "Custom" }));
    expect(choices().targets).toEqual(["q_proj", "v_proj"]);
    await userEvent.click(screen.getByRole("checkbox", { name: "down_proj" }));
    expect(choices().targets).toEqual(["q_proj", "v_proj", "down_proj"]);
  });

  it("follows twice the rank with alpha until alpha is set", async () => {
    show({ r: 8 });
    await unfold(/^LoRA alpha/);
    expect(number("Alpha")).toHaveValue("16");
    changeChoices({ r: 32 });
    await waitFor(() => expect(number("Alpha")).toHaveValue("64"));
    await userEvent.clear(number("Alpha"));
    await userEvent.type(number("Alpha"), "16{Enter}");
    expect(screen.getByText("Changed. The default is twice the rank, 64.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Reset Alpha" }));
    expect(choices().alpha).toBeNull();
  });

  it("shards several GPUs by default", async () => {
    show();
    await unfold(/^Several GPUs/);
    await userEvent.clear(number("How many"));
    await userEvent.type(number("How many"), "4{Enter}");
    expect(screen.getByRole("button", { name: "Several GPUs 4 GPUs, FSDP 2" })).toBeVisible();
    expect(screen.getByRole("combobox", { name: "Sharding" })).toHaveValue("fsdp2");
    expect(choices().shard).toBeNull();
  });

  it("puts QLoRA in focus when its quantisation is changed", async () => {
    show();
    await unfold(/^Stack and precision/);
    await userEvent.click(screen.getByRole("radio", { name: "FP4" }));
    expect([choices().quant, choices().method]).toEqual(["fp4", "qlora"]);
  });

  it("opens a row that is asked for from elsewhere once, and not again when it is drawn anew", async () => {
    show();
    act(() => openSection("training"));
    const row = screen.getByRole("button", { name: /^Training (?!for)/ });
    expect(row).toHaveFocus();
    expect(row).toHaveAttribute("aria-expanded", "true");
    cleanup();
    show();
    expect(screen.getByRole("button", { name: /^Training (?!for)/ })).toHaveAttribute("aria-expanded", "false");
    act(() => openSection("training"));
    expect(screen.getByRole("button", { name: /^Training (?!for)/ })).toHaveAttribute("aria-expanded", "true");
  });

  it("shows locked controls as text", () => {
    show({ lock: ["model", "gpu", "batch", "r", "targets", "weights"] });
    for (const name of ["Model size", "Batch size", "LoRA rank"])
      expect(screen.queryByRole("slider", { name })).not.toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /^(Model|GPU) / })).not.toBeInTheDocument();
    expect(screen.getByText("Llama 3.1 8B")).toBeVisible();
    expect(screen.getByText("All linear")).toBeVisible();
    expect(slider("Sequence length")).toBeVisible();
  });

  it("takes a desktop's memory off the card with one press, and gives it back", async () => {
    show();
    await unfold(/^Memory already in use/);
    const desktop = screen.getByRole("checkbox", { name: "It drives a Windows display" });
    await userEvent.click(desktop);
    expect(choices().used).toBe(1.3);
    await userEvent.click(desktop);
    expect(choices().used).toBe(0);
  });

  it("takes a rented machine's GPUs, all of them, and knows it again", async () => {
    show();
    await unfold(/^Several GPUs/);
    const machine = screen.getByRole("combobox", { name: "Machine" });
    expect(machine).toHaveValue("own");
    await userEvent.selectOptions(machine, "g6.12xlarge");
    await waitFor(() => expect(choices()).toMatchObject({ gpu: { kind: "catalog", id: "l4" }, gpus: 4 }));
    expect(machine).toHaveValue("g6.12xlarge");
    expect(screen.getByText("192 GiB of host memory.")).toBeVisible();
  });
});

describe("the tuner", () => {
  it("is LoRA or VeRA, which has no DoRA", async () => {
    show();
    await unfold(/^LoRA/);
    const tuners = await screen.findByRole("group", { name: "Tuner" });
    expect(within(tuners).getByRole("radio", { name: "LoRA" })).toBeChecked();
    expect(screen.getByRole("checkbox", { name: "DoRA" })).toBeEnabled();
    await userEvent.click(within(tuners).getByRole("radio", { name: "VeRA" }));
    expect(choices().tuner).toBe("vera");
    expect(screen.getByRole("checkbox", { name: "DoRA" })).toBeDisabled();
    expect(screen.getByText("A variant of LoRA; the tuner is VeRA.")).toBeVisible();
    expect(screen.getByRole("button", { name: /^LoRA/ })).toHaveTextContent("VeRA, dropout 0");
  });
});
