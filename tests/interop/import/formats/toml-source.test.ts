import { expect, test } from "vitest";
import { fieldsOf, placesOf } from "../import-text.ts";

test("sections and dotted keys are paths, each with its line", () => {
  const text =
    '# a run\n[model]\nname = "llama3"\n\n[training]\nseq_len = 4_096\nlr.peak = 1e-4\nwhen = 2026-01-02\nrows = [1, 2]\n';
  expect(fieldsOf(text)).toEqual({
    "model.name": "llama3",
    "training.seq_len": 4096,
    "training.lr.peak": 0.0001,
    "training.when": "2026-01-02",
    "training.rows": [1, 2],
  });
  expect(placesOf(text)).toMatchObject({ "model.name": 3, "training.seq_len": 6, "training.lr.peak": 7 });
});

test("TOML that breaks off is refused with its line", () => {
  expect(fieldsOf("[model]\nname = \n")).toMatch(/^2: This is not TOML: /);
  expect(fieldsOf("[model]\nname = 1\nname = 2\n")).toMatch(/^3: This is not TOML: /);
  expect(fieldsOf("[a]\nb = 99999999999999999999\n")).toMatch(/^2: This is not TOML: /);
});

test("names that every object has are refused", () => {
  expect(fieldsOf("[a]\n__proto__ = 1\n")).toMatch(/^2: This is not TOML: /);
});
