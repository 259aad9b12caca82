import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { importFiles } from "#interop/import/import-files.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

const RUN = "model_name_or_path: Qwen/Qwen3-4B\nuse_peft: true\noutput_dir: o\n";
const PART = '{"zero_optimization": {"stage": 3}}';

/** What is assumed of the card of a file that is brought to a scenario, and the card that is counted then. */
const cardOf = (text: string, link: string) => {
  const base = decodeLink(link, FULL_CATALOG).value;
  const imported = importFiles([{ name: "given", text }], { catalog: FULL_CATALOG, base });
  if (imported.kind === "refused") throw new Error("The file was refused.");
  return { assumed: imported.lists.assumed.filter(({ key }) => key === "gpu"), gpu: imported.choices.gpu };
};

describe("the card of a run, which no file names", () => {
  test.each([
    ["?v=1", "No file names a card: RTX 4090 is counted."],
    ["?v=1&gpu=h100-sxm", "No file names a card: H100 is counted."],
    ["?v=1&gpu=custom&vram=20", "No file names a card: the card of the scenario is counted."],
  ])("is that of %s, which is said and sets nothing", (link, sentence) => {
    const { assumed, gpu } = cardOf(RUN, link);
    expect(assumed).toEqual([{ at: null, field: "gpu", key: "gpu", text: null, sentence }]);
    expect(gpu).toEqual(decodeLink(link, FULL_CATALOG).value.gpu);
  });

  test("of files that are a part of a run nothing is said: the scenario stays", () => {
    expect(cardOf(PART, "?v=1&gpu=h100-sxm").assumed).toEqual([]);
  });
});
