import { describe, expect, test } from "vitest";
import { main } from "#package/commands/export.ts";

/** What the command prints, complains of, and ends with. */
const run = async (
  ...args: readonly string[]
): Promise<Readonly<{ code: number; printed: readonly string[]; complained: readonly string[] }>> => {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await main({
    args,
    readInput: () => Promise.resolve(""),
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
  });
  return { code, printed, complained };
};

describe("export", () => {
  test("prints the one file of a tool, and nothing to complain of where it says all", async () => {
    const { code, printed, complained } = await run("axolotl", "?v=1&method=qlora");
    expect(code).toBe(0);
    expect(printed).toContain("adapter: qlora");
    expect(printed[0]).toMatch(/^# QLoRA of Llama 3\.1 8B on a GeForce RTX 4090: /);
    expect(complained).toEqual([]);
  });

  test("prints several files under their names", async () => {
    const { printed } = await run("trl", "?v=1&gpus=2");
    expect(printed.filter((line) => line.startsWith("==> "))).toEqual(["==> train.py <==", "==> accelerate.yaml <=="]);
  });

  test("complains of what the tool cannot express, and of what the link could not take", async () => {
    const { code, complained } = await run("transformers", "?v=1&batch=-3");
    expect(code).toBe(0);
    expect(complained[0]).toContain("batch");
    expect(complained).toContain("Transformers has no field for packing rows.");
  });

  test.each([
    [["nothing", "?v=1"], 'There is no tool "nothing".'],
    [["trl"], "There is no link after trl."],
    [["trl", "hello"], "There is no link after trl."],
    [["trl", "?v=1", "?v=1"], "export takes one link."],
  ])("%j is refused", async (args, sentence) => {
    const { code, printed, complained } = await run(...args);
    expect(code).toBe(2);
    expect(printed).toEqual([]);
    expect(complained).toEqual([`${sentence} npm run -s export -- --help says what it takes.`]);
  });

  test("says what it takes", async () => {
    const { code, printed } = await run("--help");
    expect(code).toBe(0);
    expect(printed.join("\n")).toContain("trl, trl-yaml, transformers, axolotl, llama-factory, torchtune, unsloth");
  });
});
