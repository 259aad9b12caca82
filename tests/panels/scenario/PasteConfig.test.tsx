import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ModelControl } from "#panels/scenario/ModelControl.tsx";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { useScenario } from "#scenario/page/store.ts";

const LLAMA_2_7B = JSON.stringify({
  model_type: "llama",
  hidden_size: 4096,
  intermediate_size: 11008,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 32,
  vocab_size: 32000,
  max_position_embeddings: 4096,
  tie_word_embeddings: false,
  hidden_act: "silu",
});

const findText = (): Promise<HTMLElement> => screen.findByRole("textbox", { name: "Text of config.json" });
const paste = async (json: string): Promise<void> => {
  await userEvent.click(screen.getByRole("button", { name: "Paste config.json" }));
  await userEvent.click(await findText());
  await userEvent.paste(json);
  await userEvent.click(screen.getByRole("button", { name: "Use this model" }));
};

beforeEach(async () => {
  useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
  render(<ModelControl />);
  await screen.findByRole("button", { name: "Paste config.json" });
});

describe("a pasted config.json", () => {
  it("becomes the model", async () => {
    await paste(LLAMA_2_7B);
    expect(useScenario.getState().choices.model).toMatchObject({
      kind: "architecture",
      architecture: { model_type: "llama", hidden_size: 4096, intermediate_size: 11008 },
    });
    expect(screen.getByText("This model is used now.")).toBeVisible();
    expect(screen.getByText("6.74 B parameters, 32 layers, vocabulary 32,000")).toBeVisible();
  });

  it("that is not JSON says so and leaves the model", async () => {
    await paste("model_type: llama");
    expect(await findText()).toBeInvalid();
    expect(screen.getByText(/JSON/, { selector: "li" })).toBeVisible();
    expect(screen.getByText("The model before is still used.")).toBeVisible();
    expect(useScenario.getState().choices.model).toEqual(DEFAULT_CHOICES.model);
  });

  it("with a slip in it says in which line and what was expected there, and the text stays", async () => {
    const slip = '{\n  "model_type": "llama",\n  "hidden_size": 4096\n  "vocab_size": 32000\n}';
    await paste(slip);
    expect(
      screen.getByText('config.json is not JSON. Line 4, column 3: a comma or } was expected, not "vocab_size".'),
    ).toBeVisible();
    expect(await findText()).toHaveValue(slip);
    expect(useScenario.getState().choices.model).toEqual(DEFAULT_CHOICES.model);
  });

  it("that lacks what is needed names the field and leaves the model", async () => {
    await paste('{ "model_type": "llama", "hidden_size": 4096 }');
    expect(screen.getByText(/num_hidden_layers/)).toBeVisible();
    expect(useScenario.getState().choices.model).toEqual(DEFAULT_CHOICES.model);
  });

  it("may be dropped as a file on the control", async () => {
    const file = new File([LLAMA_2_7B], "config.json", { type: "application/json" });
    fireEvent.drop(screen.getByRole("button", { name: "Paste config.json" }), { dataTransfer: { files: [file] } });
    expect(await screen.findByText("This model is used now.")).toBeVisible();
    expect(useScenario.getState().choices.model.kind).toBe("architecture");
  });
});

describe("a model from Hugging Face", () => {
  it("is asked for only when its button is pressed, which says so meanwhile", async () => {
    let answer: (response: Response) => void = () => undefined;
    const asked = vi.spyOn(globalThis, "fetch").mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    await userEvent.click(screen.getByRole("button", { name: "From Hugging Face" }));
    await userEvent.type(await screen.findByRole("textbox", { name: "Hugging Face id" }), "meta-llama/Llama-2-7b");
    expect(asked).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: "Fetch config.json" }));
    expect(asked).toHaveBeenCalledOnce();
    expect(screen.getByRole("button", { name: "Fetching" })).toBeDisabled();
    expect(useScenario.getState().choices.model).toEqual(DEFAULT_CHOICES.model);
    answer(new Response(LLAMA_2_7B));
    expect(await screen.findByText("This model is used now.")).toBeVisible();
    expect(useScenario.getState().choices.model.kind).toBe("architecture");
  });

  it("that cannot be had says why in place and leaves the model", async () => {
    vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response("", { status: 404 }));
    await userEvent.click(screen.getByRole("button", { name: "From Hugging Face" }));
    await userEvent.type(await screen.findByRole("textbox", { name: "Hugging Face id" }), "org/nothing{Enter}");
    expect(await screen.findByText("There is no config.json in org/nothing on Hugging Face.")).toBeVisible();
    expect(useScenario.getState().choices.model).toEqual(DEFAULT_CHOICES.model);
  });
});

describe("a model that the list does not have", () => {
  const seek = async (query: string): Promise<void> => {
    await userEvent.click(screen.getByRole("button", { name: /^Model Llama/ }));
    await userEvent.type(await screen.findByRole("combobox", { name: "Search: Model" }), query);
  };

  it("goes on to Hugging Face with the id that was typed, and asks for nothing yet", async () => {
    const asked = vi.spyOn(globalThis, "fetch");
    await seek("some-one/abc-7b");
    expect(screen.getByText("No model here is called “some-one/abc-7b”.")).toBeVisible();
    await userEvent.click(screen.getByRole("option", { name: /^From Hugging Face ?some-one\/abc-7b$/ }));
    const field = await screen.findByRole("textbox", { name: "Hugging Face id" });
    expect(field).toHaveValue("some-one/abc-7b");
    await vi.waitFor(() => expect(field).toHaveFocus());
    expect(asked).not.toHaveBeenCalled();
    expect(useScenario.getState().choices.model).toEqual(DEFAULT_CHOICES.model);
  });

  it("may be pasted, and what stands open can be closed again", async () => {
    await seek("xyzzy");
    await userEvent.click(screen.getByRole("option", { name: "Paste config.json" }));
    await vi.waitFor(async () => expect(await findText()).toHaveFocus());
    await userEvent.click(screen.getByRole("button", { name: "Paste config.json", expanded: true }));
    expect(screen.queryByRole("textbox", { name: "Text of config.json" })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "From Hugging Face" }));
    expect(await screen.findByRole("textbox", { name: "Hugging Face id" })).toHaveValue("");
  });
});
