import { describe, expect, it, test } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { importedFiles, jsonAnswer, keptRows } from "#service/answers/files.ts";
import { LLAMA_CONFIG as MODEL } from "../../interop/llama-config.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { madeRow } from "../../interop/measured/made-row.ts";

const RUN = "model_name_or_path: meta-llama/Llama-3.1-8B\nfinetuning_type: lora\nstage: sft\nquantization_bit: 4\n";

const imported = async (text: string, own: Partial<Choices> = {}, name = "file") => {
  const choices = { ...DEFAULT_CHOICES, ...own };
  const found = await importedFiles({ files: [{ name, text }], choices }, POPULAR_CATALOG);
  if (found.kind === "refused") throw new Error(found.refusals.map(({ sentence }) => sentence).join(" "));
  if (found.kind !== "imported") throw new Error(`It is read as ${found.kind}.`);
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

  it("that leaves out what is needed is refused with the reason", async () => {
    await expect(imported(JSON.stringify({ ...MODEL, num_hidden_layers: undefined }))).rejects.toThrow(
      "num_hidden_layers is needed and is not there.",
    );
  });

  it("that was fetched as one is read as one, whatever it looks like", async () => {
    const files = [{ name: "config.json of a/b", text: "<!doctype html>" }];
    const found = await importedFiles({ files, choices: DEFAULT_CHOICES, isModel: true }, POPULAR_CATALOG);
    expect(found).toMatchObject({ kind: "refused", refusals: [{ sentence: expect.stringContaining("not JSON") }] });
  });
});

it("is to the letter what the terminal prints, on its way through another thread too", () => {
  const { value: choices, issues } = decodeLink("?v=1&gpus=4&pp=2&accum=4&nonsense=1", FULL_CATALOG);
  expect(issues).not.toEqual([]);
  const printed = JSON.stringify(estimateJson(toAnswer(choices, FULL_CATALOG), issues));
  expect(JSON.stringify(structuredClone(jsonAnswer({ choices, issues }, FULL_CATALOG)))).toBe(printed);
});

test("rows that were kept are read with the whole catalog, whatever rows are here, and what is none is null", async () => {
  const link = "?v=1&model=granite-3.3-8b&batch=2";
  const [read, none] = await keptRows({ values: [madeRow({ link }), "nothing"] }, POPULAR_CATALOG);
  expect(read?.choices).toMatchObject({ batch: 2 });
  expect(none).toBeNull();
});
