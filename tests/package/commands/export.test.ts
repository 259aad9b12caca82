import { describe, expect, test } from "vitest";
import { main } from "#package/commands/export.ts";
import { runCommand } from "./run-command.ts";

const run = (...args: readonly string[]) => runCommand(main, args);

describe("export", () => {
  test("prints the one file of a tool, and nothing to complain of where it says all", async () => {
    const { code, printed, complaints } = await run("axolotl", "?v=1&method=qlora");
    expect(code).toBe(0);
    expect(printed).toContain("adapter: qlora");
    expect(printed[0]).toMatch(/^# QLoRA of Llama 3\.1 8B on a GeForce RTX 4090: /);
    expect(complaints).toEqual([]);
  });

  test("prints several files under their names", async () => {
    const { printed } = await run("trl", "?v=1&gpus=2");
    expect(printed.filter((line) => line.startsWith("==> "))).toEqual(["==> train.py <==", "==> accelerate.yaml <=="]);
  });

  test("complains of what the tool cannot express, and of what the link could not take", async () => {
    const { code, complaints } = await run("transformers", "?v=1&batch=-3");
    expect(code).toBe(0);
    expect(complaints[0]).toContain("batch");
    expect(complaints).toContain("Transformers has no field for packing rows.");
  });

  test.each([
    [["nothing", "?v=1"], 'There is no tool "nothing".'],
    [["trl"], "There is no link after trl."],
    [["trl", "hello"], '"hello" is not a link: it has no key=value.'],
    [["trl", "?v=1", "?v=1"], "export takes one link."],
  ])("%j is refused", async (args, sentence) => {
    const { code, printed, complaints } = await run(...args);
    expect(code).toBe(2);
    expect(printed).toEqual([]);
    expect(complaints).toEqual([`${sentence} npm run -s export -- --help says what it takes.`]);
  });

  test("says what it takes", async () => {
    const { code, printed } = await run("--help");
    expect(code).toBe(0);
    expect(printed.join("\n")).toContain("trl, trl-yaml, transformers, axolotl, llama-factory, torchtune, unsloth");
  });
});
