import { act, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useImportBox } from "#panels/import/import-state.ts";
import { ImportDoor } from "#panels/import/ImportDoor.tsx";
import { ModelControl } from "#panels/scenario/BasicControls.tsx";
import { changeChoices, undo } from "#scenario/page/actions.ts";
import { useAskedControl, useScenario } from "#scenario/page/store.ts";
import { bringDialogs, dropOn, fileOf, LLAMA_2_7B, LLAMA_FACTORY, pasteOn } from "./builders.ts";

const OPENER = "Paste or drop a config, a model id or an error";
const choices = () => useScenario.getState().choices;
const field = (): Promise<HTMLElement> => screen.findByRole("textbox", { name: /Text of a training file/ });
const openBox = async (): Promise<void> => {
  await userEvent.click(screen.getByRole("button", { name: OPENER }));
  await field();
};
const pasteIn = async (text: string): Promise<void> => {
  await openBox();
  await userEvent.click(await field());
  await userEvent.paste(text);
};
const listOf = (name: RegExp): HTMLElement => screen.getByRole("region", { name });

beforeEach(async () => {
  bringDialogs();
  useScenario.setState(useScenario.getInitialState(), true);
  useImportBox.setState(useImportBox.getInitialState(), true);
  render(
    <>
      <ModelControl />
      <ImportDoor />
    </>,
  );
  await screen.findByRole("button", { name: OPENER });
});

describe("a training file", () => {
  it("pasted into the field is taken at once, and listed with its lines and the tool", async () => {
    await pasteIn(LLAMA_FACTORY);
    expect(await screen.findByRole("heading", { name: "Pasted text" })).toBeVisible();
    expect(choices()).toMatchObject({ method: "qlora", seq: 4096, batch: 2, accum: 8, stack: "llama-factory" });
    expect(screen.getByText(/^LLaMA-Factory [\d.]+$/)).toBeVisible();
    const read = within(listOf(/^Read/));
    expect(read.getByText("cutoff_len: 4096").closest("li")).toHaveTextContent(/^5cutoff_len: 4096Sequence length$/);
    expect(within(listOf(/^Ignored/)).getByText("made_up_option: 7")).toBeVisible();
    expect(screen.getByText(/GiB on RTX 4090, .* (free|over)$/)).toBeVisible();
  });

  it("dropped anywhere on the page is taken; the button under the model says so and opens the lists again", async () => {
    dropOn(document.body, fileOf(LLAMA_FACTORY, "own.yaml"));
    await userEvent.click(await screen.findByRole("button", { name: "Done" }));
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: /^own\.yaml: \d+ read/ }));
    expect(await screen.findByRole("heading", { name: "own.yaml" })).toBeVisible();
  });

  it("dropped where the model is locked is neither taken nor opened in the place of the page", () => {
    act(() => useScenario.setState({ choices: { ...choices(), lock: ["model"] } }));
    const files = [fileOf(LLAMA_FACTORY, "own.yaml")];
    expect(fireEvent.drop(document.body, { dataTransfer: { files, types: ["Files"] } })).toBe(false);
    expect(useImportBox.getState().isOpen).toBe(false);
  });

  it("pasted outside a field opens the box and is taken", async () => {
    pasteOn(document.body, LLAMA_FACTORY);
    expect(await screen.findByRole("heading", { name: "Pasted text" })).toBeVisible();
    expect(choices().seq).toBe(4096);
  });

  it("is one step: Undo takes it back, and the text stands in the field again", async () => {
    act(() => changeChoices({ r: 64, gpu: { kind: "catalog", id: "h100-sxm" } }));
    const before = choices();
    await pasteIn(LLAMA_FACTORY);
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    expect(choices()).toBe(before);
    expect(await field()).toHaveValue(LLAMA_FACTORY);
    expect(screen.getByText(OPENER)).toBeVisible();
  });

  it("leaves the card as it was, and cannot be undone in the box once something else has changed", async () => {
    act(() => changeChoices({ gpu: { kind: "catalog", id: "h100-sxm" } }));
    await pasteIn(LLAMA_FACTORY);
    expect(await screen.findByRole("button", { name: "Undo" })).toBeVisible();
    expect(choices().gpu).toEqual({ kind: "catalog", id: "h100-sxm" });
    act(() => changeChoices({ batch: 4 }));
    expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
    act(undo);
    act(undo);
    expect(screen.getByText(OPENER)).toBeInTheDocument();
  });

  it("leads from each field to its control", async () => {
    await pasteIn(LLAMA_FACTORY);
    await userEvent.click(await screen.findByRole("button", { name: "Sequence length" }));
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    const Asked = () => <p>asked: {useAskedControl()}</p>;
    render(<Asked />);
    expect(screen.getByText("asked: seq")).toBeVisible();
  });
});

describe("what is not taken", () => {
  const stays = (): void => {
    expect(screen.getByText("The scenario is what it was.")).toBeVisible();
    expect(choices()).toBe(useScenario.getInitialState().choices);
  };

  it("is said with its line under the text, which stays, and can be mended and read again", async () => {
    const slip = "cutoff_len: 4096\nlora_rank: [1\n";
    await pasteIn(slip);
    expect(await screen.findByText(/^Line \d: This is not YAML/)).toBeVisible();
    expect(await field()).toBeInvalid();
    expect(await field()).toHaveValue(slip);
    stays();
    await userEvent.clear(await field());
    await userEvent.type(await field(), LLAMA_FACTORY.replaceAll("[", "[["));
    await userEvent.click(screen.getByRole("button", { name: "Read" }));
    expect(await screen.findByText(/^LLaMA-Factory [\d.]+$/)).toBeVisible();
  });

  it("is refused by its size before it is read", async () => {
    const large = fileOf("", "weights.safetensors");
    Object.defineProperty(large, "size", { value: 16_000_001 });
    const text = vi.spyOn(large, "text");
    dropOn(document.body, large);
    expect(
      await screen.findByText("weights.safetensors: The file has 16.1 MB, more than the 16 MB that are read."),
    ).toBeVisible();
    expect(text).not.toHaveBeenCalled();
    stays();
  });

  it("of several files names the one that is wrong", async () => {
    dropOn(document.body, fileOf(LLAMA_FACTORY, "own.yaml"), fileOf("\0\0\0", "zero2.json"));
    expect(await screen.findByText("zero2.json: The file is no text.")).toBeVisible();
    stays();
  });

  it("is a folder, or a file that cannot be read", async () => {
    const folder = fileOf("", "configs");
    vi.spyOn(folder, "text").mockRejectedValue(new Error("no"));
    dropOn(document.body, folder);
    expect(await screen.findByText("configs: The file cannot be read.")).toBeVisible();
    stays();
  });

  it("is what was asked of a box that was closed meanwhile", async () => {
    let give: (text: string) => void = () => undefined;
    const slow = fileOf("", "own.yaml");
    vi.spyOn(slow, "text").mockImplementation(() => new Promise((resolve) => (give = resolve)));
    dropOn(document.body, slow);
    await userEvent.click(await screen.findByRole("button", { name: "Close" }));
    await act(async () => give(LLAMA_FACTORY));
    expect(choices()).toBe(useScenario.getInitialState().choices);
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });
});

describe("a config.json", () => {
  it("becomes the model, and all else stays", async () => {
    act(() => changeChoices({ batch: 3 }));
    await pasteIn(LLAMA_2_7B);
    expect(await screen.findByText("config.json.")).toBeVisible();
    expect(choices()).toMatchObject({
      batch: 3,
      model: { kind: "architecture", architecture: { model_type: "llama", hidden_size: 4096 } },
    });
    expect(screen.getByText("6.74 B parameters, 32 layers, vocabulary 32,000")).toBeVisible();
  });

  it.each([
    {
      config: '{\n  "model_type": "llama",\n  "hidden_size": 4096\n  "vocab_size": 32000\n}',
      said: 'Line 4: This is not JSON. Column 3: a comma or } was expected, not "vocab_size".',
    },
    {
      config: '{\n  "model_type": "llama",\n  "hidden_size": "big"\n}',
      said: 'Line 3: Column 18: a whole number was expected for hidden_size, not "big"; it is left out.',
    },
  ])("with a slip in it says in which line and what was expected there: $said", async ({ config, said }) => {
    act(() => changeChoices({ model: { kind: "catalog", id: "qwen2.5-7b" } }));
    await pasteIn(config);
    expect(await screen.findByText(said)).toBeVisible();
    expect(screen.getByText("The scenario is what it was.")).toBeVisible();
    expect(await field()).toHaveValue(config);
    expect(choices().model).toEqual({ kind: "catalog", id: "qwen2.5-7b" });
  });

  it("that lacks what is needed names the field", async () => {
    await pasteIn('{ "model_type": "llama", "hidden_size": 4096 }');
    expect(await screen.findByText(/num_hidden_layers/)).toBeVisible();
    expect(choices()).toBe(useScenario.getInitialState().choices);
  });
});
