import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { measureCallback } from "#interop/measure/measure-callback.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { scriptOf } from "./measured.ts";

const PYTHON = "python3";
const isThere = spawnSync(PYTHON, ["--version"]).status === 0;

/** What Python says to a text, without running it. */
const saidTo = (text: string): string =>
  spawnSync(PYTHON, ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], { input: text, encoding: "utf8" }).stderr;

const callback = (): string => measureCallback(DEFAULT_CHOICES, FULL_CATALOG).text ?? "";

describe("the callback", () => {
  test("has the row of the script, and says how it is put into a run", () => {
    expect(callback()).toContain("#     trainer.add_callback(headroom)\n");
    expect(callback()).toContain('LINK = "?v=1"\n');
    const rows = (text: string): string => /^class Meter:[^]*?^def is_out_of_memory/m.exec(text)?.[0] ?? "";
    expect(rows(callback()).length).toBeGreaterThan(1000);
    expect(rows(callback())).toBe(rows(scriptOf("")));
  });

  test("refuses nothing: what it measures is the run", () => {
    const { text, refused } = measureCallback({ ...DEFAULT_CHOICES, gpus: 8 }, FULL_CATALOG);
    expect(refused).toEqual([]);
    expect(text).toContain("class HeadroomCallback(TrainerCallback):");
  });
});

// Where there is no Python this is skipped, and vitest says so.
describe.skipIf(!isThere)("as Python", () => {
  test.each([
    "method=full&batch=2&packing=0&accum=2&optim=adafactor",
    "method=qlora&compute=fp16&attn=math&alloc=expandable",
    "method=qlora&kbit=none&adapters=bf16&optim=paged_adamw_8bit",
    "tuner=adalora&stack=plain",
    "tuner=lorafa&save=lm_head",
    "model=granite-4.0-h-tiny&method=lora",
    "model=gpt-neo-1.3b&seq=512&method=full",
  ])("the script of %s is read", (link) => {
    expect(saidTo(scriptOf(link))).toBe("");
  });

  test("the callback is read", () => {
    expect(saidTo(callback())).toBe("");
  });
});
