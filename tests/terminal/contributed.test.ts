import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { accuracyData } from "../../tools/terminal/accuracy/accuracy-data.ts";
import { NEAR_EDGE } from "#catalog/near-edge.ts";
import { accuracyDocument } from "../../tools/terminal/accuracy/accuracy-document.ts";
import { CONTRIBUTED, contributedRows, contributedRuns } from "../../tools/terminal/accuracy/contributed.ts";
import { withAccuracyTable } from "../../tools/terminal/accuracy/readme-table.ts";
import { contributedJson, contributedLines } from "../../tools/terminal/contributed-report.ts";
import { madeOutOfMemory, madeRow } from "../interop/measured/made-row.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A folder with these files. */
const folderOf = (files: Readonly<Record<string, object | string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), "headroom-contributed-"));
  folders.push(folder);
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
  return folder;
};

const heldOf = (files: Readonly<Record<string, object | string>>) => contributedRows(folderOf(files));

/** Two rows made for this test: one that agrees, and one that was out of memory where it is predicted not to fit. */
const MADE = {
  "b-agrees.json": madeRow(),
  "a-fails.json": madeOutOfMemory({ link: "?v=1&batch=4" }),
  "README.md": "no row",
};

test("every file of the folder is a row that its link alone is enough for, or says what the folder is", () => {
  const rows = contributedRows(CONTRIBUTED);
  const others = readdirSync(CONTRIBUTED).filter((file) => !file.endsWith(".json"));
  expect(others).toEqual(["README.md"]);
  expect(rows.length).toBe(readdirSync(CONTRIBUTED).length - others.length);
});

describe("contributed rows", () => {
  test("are held by their own link and metric: allocated after loading", () => {
    const [fails, agrees] = heldOf(MADE);
    expect(agrees).toMatchObject({ id: "b-agrees", method: { method: "lora" } });
    expect(agrees?.compared).toEqual({ predictedBytes: 20_304_660_480, measuredBytes: 20_304_660_480 });
    expect(fails).toMatchObject({ id: "a-fails", compared: null, method: { card: { fit: "over" } } });
  });

  test("are a group of their own in the terminal, and nothing where there are none", () => {
    expect(contributedLines([])).toEqual([]);
    const lines = contributedLines(heldOf({ ...MADE, "c-off.json": madeRow({ peakBytes: 20_304_660_480 * 2 }) }));
    expect(lines[0]).toBe(
      "Contributed, measured with the script of their scenario: median 0.00 % · p90 50.00 % · 2 rows allocated",
    );
    expect(lines.join("\n")).toMatch(/^a-fails +lora +NVIDIA GeForce RTX 4090 +out of memory +[\d.]+ +over$/m);
    expect(lines.join("\n")).toMatch(/^b-agrees +lora +NVIDIA GeForce RTX 4090 +18\.91 +18\.91 +\+?0\.00 %$/m);
    expect(lines.join("\n")).toMatch(/^c-off .* -50\.00 %$/m);
    const json = heldOf(MADE).map((held) => JSON.parse(contributedJson(held)) as object);
    expect(json).toMatchObject([
      { id: "a-fails", outcome: "out-of-memory", errorFraction: null, fit: "over", link: "?v=1&batch=4" },
      { id: "b-agrees", group: "contributed", errorFraction: 0, link: "?v=1" },
    ]);
  });

  test("a run on a CPU has no figure to compare", () => {
    const cpu = madeRow({ device: null, peakBytes: null, reservedBytes: null, contextBytes: null, moments: [] });
    expect(contributedLines(heldOf({ "cpu.json": cpu })).join("\n")).toMatch(/^cpu +lora +a CPU +not measured$/m);
    expect(contributedRuns(heldOf({ "cpu.json": cpu }))).toEqual([]);
  });

  test("a file that is none is refused with its name and the field", () => {
    expect(() => heldOf({ "x.json": { ...madeRow(), steps: "3" } })).toThrow(
      /x\.json: In the measured row steps is "3", not a count\./,
    );
    expect(() => heldOf({ "x.json": "{}" })).toThrow(/x\.json is no measured row\./);
    expect(() => heldOf({ "x.json": madeRow({ link: "?v=1&batch=0" }) })).toThrow(/batch=0 is below 1/);
    expect(contributedRows(join(tmpdir(), "headroom-nowhere"))).toEqual([]);
  });
});

describe("what the page, docs/accuracy.md and README.md show of them", () => {
  const none = { held: [], leftOut: [] };
  const dataOf = (files: Readonly<Record<string, object>>) =>
    accuracyData({ accuracy: none, fit: none, ahead: none, contributed: heldOf(files) });
  const readme = "<!-- accuracy: npm run accuracy-page -->\n\nx\n\n<!-- end of accuracy -->\n";

  test("is a run with its card, versions and link, and the sentence that nothing was mapped", () => {
    const data = dataOf({ "b-agrees.json": madeRow() });
    expect(data.runs).toEqual([
      expect.objectContaining({
        id: "contributed.b-agrees",
        group: "contributed",
        metric: "allocated",
        model: "Llama 3.1 8B",
        conditions: "batch 1 × 2,048 tokens, rank 16, NVIDIA GeForce RTX 4090",
        framework: "python 3.12.3, torch 2.13.0, transformers 5.24.0, peft 0.21.2",
        seen: expect.objectContaining({ metric: "reserved", measuredBytes: 21_552_431_104, seenBytes: 21_552_431_104 }),
        link: "?v=1",
      }),
    ]);
    expect(accuracyDocument(data, NEAR_EDGE)).toMatch(/## Contributed\n[\s\S]*\| Llama 3\.1 8B, LoRA, batch 1/);
    expect(withAccuracyTable(readme, data)).toMatch(
      /\| contributed, measured with the script of their scenario +\| 1 /,
    );
  });

  test("is not a word where there are none", () => {
    const data = dataOf({});
    expect(data.runs).toEqual([]);
    expect(accuracyDocument(data, NEAR_EDGE)).not.toMatch(/contributed/i);
    expect(withAccuracyTable(readme, data)).not.toMatch(/contributed/i);
  });
});
