import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useImportBox } from "#panels/import/import-state.ts";
import { ImportDoor } from "#panels/import/ImportDoor.tsx";
import { looksLikeId } from "#panels/import/hub-config.ts";
import { ModelControl } from "#panels/scenario/BasicControls.tsx";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import { bringDialogs, LLAMA_2_7B, pasteOn } from "./builders.ts";

const OPENER = "Paste or drop a config, a model id or an error";
const model = () => useScenario.getState().choices.model;
const field = (): Promise<HTMLElement> => screen.findByRole("textbox", { name: /Text of a training file/ });

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

describe("an id of Hugging Face", () => {
  it("is recognised, and fetched only when its button is pressed, which says so meanwhile", async () => {
    let answer: (response: Response) => void = () => undefined;
    const asked = vi.spyOn(globalThis, "fetch").mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    pasteOn(document.body, "meta-llama/Llama-2-7b");
    expect(await screen.findByText(/^Looks like a Hugging Face id/)).toBeVisible();
    expect(asked).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: "Fetch" }));
    expect(asked).toHaveBeenCalledOnce();
    expect(screen.getByRole("button", { name: "Fetching" })).toBeDisabled();
    expect(model()).toEqual(DEFAULT_CHOICES.model);
    answer(new Response(LLAMA_2_7B));
    expect(await screen.findByRole("heading", { name: "config.json of meta-llama/Llama-2-7b" })).toBeVisible();
    expect(model().kind).toBe("architecture");
  });

  it("that cannot be had says why in place and leaves the model", async () => {
    vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response("", { status: 404 }));
    await userEvent.click(screen.getByRole("button", { name: OPENER }));
    await userEvent.type(await field(), "org/nothing");
    await userEvent.click(screen.getByRole("button", { name: "Fetch" }));
    expect(await screen.findByText("There is no config.json in org/nothing on Hugging Face.")).toBeVisible();
    expect(await field()).toHaveValue("org/nothing");
    expect(model()).toEqual(DEFAULT_CHOICES.model);
  });

  it("is one word: a name, owner and name, or a page’s address", () => {
    for (const id of ["gpt2", "Qwen/Qwen2.5-7B", "https://huggingface.co/Qwen/Qwen2.5-7B/tree/main"])
      expect(looksLikeId(id)).toBe(true);
    for (const text of ["", "lora_r: 8", "a/b/c", "swift sft --model x", "{}", "https://example.org/a/b"])
      expect(looksLikeId(text)).toBe(false);
  });
});

describe("a model that the list does not have", () => {
  const seek = async (query: string): Promise<void> => {
    await userEvent.click(screen.getByRole("button", { name: /^Model Llama/ }));
    await userEvent.type(await screen.findByRole("combobox", { name: "Search: Model" }), query);
  };

  it("goes on to the box with the id that was typed, and asks for nothing yet", async () => {
    const asked = vi.spyOn(globalThis, "fetch");
    await seek("some-one/abc-7b");
    expect(screen.getByText("No model here is called “some-one/abc-7b”.")).toBeVisible();
    await userEvent.click(screen.getByRole("option", { name: /^From Hugging Face ?some-one\/abc-7b$/ }));
    const text = await field();
    expect(text).toHaveValue("some-one/abc-7b");
    await vi.waitFor(() => expect(text).toHaveFocus());
    expect(screen.getByRole("button", { name: "Fetch" })).toBeEnabled();
    expect(asked).not.toHaveBeenCalled();
  });

  it("may be pasted or dropped", async () => {
    await seek("xyzzy");
    await userEvent.click(screen.getByRole("option", { name: "Paste or drop a file" }));
    expect(await field()).toHaveValue("");
  });
});
