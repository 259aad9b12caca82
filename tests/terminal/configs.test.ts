import { Readable } from "node:stream";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { main } from "../../tools/terminal/configs.ts";

const folder = mkdtempSync(join(tmpdir(), "headroom-configs-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const RUN = "model_name_or_path: Qwen/Qwen3-4B\nuse_peft: true\nlora_r: 4\nmade_up: 7\noutput_dir: o\n";

const ran = async (rows: readonly unknown[], files: Readonly<Record<string, string>>, path = "rows.jsonl") => {
  const said: string[] = [];
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "rows.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  const code = await main({
    args: [join(folder, path)],
    input: () => Readable.from([]),
    print: (line) => void said.push(line),
    complain: (line) => void said.push(line),
  });
  return { code, said };
};

const row = (more: object) => ({ file: "a.yaml", tool: "trl", outcome: "import", expect: {}, mention: [], ...more });

test("rows are right by their keys, and by what is said of what is assumed or not modelled", async () => {
  const { said, code } = await ran([row({ expect: { r: 4 }, mention: ["weights=fp32", "no such"] })], {
    "a.yaml": RUN,
  });
  expect(code).toBe(1);
  expect(said[0]).toBe("a.yaml: no such is not mentioned");
  expect(said.at(-1)).toBe("2 of 3 fields right over 1 files");
});

test("a field that is not known, or ignored without a word, and a file's name are no mentions", async () => {
  const { said, code } = await ran([row({ mention: ["made_up", "output_dir", "a.yaml"] })], { "a.yaml": RUN });
  expect(code).toBe(1);
  expect(said.at(-1)).toBe("0 of 3 fields right over 1 files");
});

test("a refusal of what is to be imported is wrong, whatever was asked of it", async () => {
  const { said, code } = await ran([row({})], { "a.yaml": "r: [1" });
  expect(code).toBe(1);
  expect(said.at(-1)).toBe("0 of 1 fields right over 1 files");
});

test("no rows, no file, and rows of files that are not there end in a sentence", async () => {
  expect(await ran([], {})).toMatchObject({ code: 2, said: [expect.stringContaining("has no rows.")] });
  expect(await ran([], {}, "none.jsonl")).toMatchObject({
    code: 2,
    said: [expect.stringContaining("none.jsonl cannot be read.")],
  });
  expect(await ran([row({ file: "none.yaml" })], {})).toMatchObject({ code: 2, said: [expect.any(String)] });
});
