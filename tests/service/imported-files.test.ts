import { describe, expect, it } from "vitest";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { importedFiles } from "#service/answers/imported-files.ts";

const RUN = "model_name_or_path: meta-llama/Llama-3.1-8B\nfinetuning_type: lora\nstage: sft\nquantization_bit: 4\n";
const MODEL = {
  model_type: "llama",
  hidden_size: 4096,
  intermediate_size: 11008,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  vocab_size: 32000,
  max_position_embeddings: 4096,
};

const imported = async (text: string, own: Partial<Choices> = {}, name = "file") => {
  const choices = { ...DEFAULT_CHOICES, ...own };
  const found = await importedFiles({ files: [{ name, text }], choices }, POPULAR_CATALOG);
  if (found.kind === "refused") throw new Error(found.refusals.map(({ sentence }) => sentence).join(" "));
  if (found.kind === "measured") throw new Error("It is read as a measured row.");
  return found;
};

describe("files on the page", () => {
  it("change neither the card nor how the page looks", async () => {
    const looks = { theme: "dark", only: ["bars"], hide: ["take"] } as const;
    const { choices } = await imported(RUN, { ...looks, gpu: { kind: "catalog", id: "t4" }, used: 2 });
    expect(choices).toMatchObject({ ...looks, gpu: { kind: "catalog", id: "t4" }, used: 2, method: "qlora" });
  });

  it("show their method beside those that are shown", async () => {
    expect((await imported(RUN, { show: ["full", "lora"], method: "lora" })).choices.show).toEqual([
      "full",
      "lora",
      "qlora",
    ]);
    expect((await imported(RUN, { show: ["qlora"], method: "qlora" })).choices.show).toEqual(["qlora"]);
  });

  it("say what a link locks", async () => {
    const { lists } = await imported(RUN, { lock: ["model"] });
    expect(lists.read.some(({ key }) => key === "model")).toBe(false);
    expect(lists.notModelled).toContainEqual(
      expect.objectContaining({ key: "model", sentence: "The link locks this: it stays as it is." }),
    );
  });
});

describe("a config.json on the page", () => {
  it("that breaks off says where, and what was expected there", async () => {
    const files = [{ name: "config.json", text: '{\n  "model_type": "llama"\n  "hidden_size": 1' }];
    expect(await importedFiles({ files, choices: DEFAULT_CHOICES }, POPULAR_CATALOG)).toEqual({
      kind: "refused",
      refusals: [
        {
          file: "config.json",
          line: 3,
          sentence: 'This is not JSON. Column 3: a comma or } was expected, not "hidden_size".',
        },
      ],
    });
  });

  it("is the model, and what is assumed of it is listed", async () => {
    const { choices, lists } = await imported(JSON.stringify({ ...MODEL, model_type: "never-heard" }, null, 1), {
      batch: 5,
    });
    expect(choices).toMatchObject({ batch: 5, model: { kind: "architecture" } });
    expect(lists.read).toContainEqual(
      expect.objectContaining({ at: { file: "file", line: 2 }, field: "model_type: never-heard", key: "model" }),
    );
    expect(lists.assumed.map(({ sentence }) => sentence).join(" ")).toMatch(/layers like Llama.s are assumed/);
  });

  it("whose numbers do not make a model is refused with reasons", async () => {
    await expect(imported(JSON.stringify({ ...MODEL, num_hidden_layers: undefined }))).rejects.toThrow(
      "num_hidden_layers is needed and is not there.",
    );
    await expect(imported(JSON.stringify({ model_type: "llama" }))).rejects.toThrow("hidden_size is needed");
    await expect(imported(JSON.stringify({ ...MODEL, model_type: "mixtral", num_experts_per_tok: 2 }))).rejects.toThrow(
      "do they belong together?",
    );
  });

  it("that was fetched as one is read as one, whatever it looks like", async () => {
    const files = [{ name: "config.json of a/b", text: "<!doctype html>" }];
    const found = await importedFiles({ files, choices: DEFAULT_CHOICES, isModel: true }, POPULAR_CATALOG);
    expect(found).toMatchObject({ kind: "refused", refusals: [{ sentence: expect.stringContaining("not JSON") }] });
  });
});
