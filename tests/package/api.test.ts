import { describe, expect, it } from "vitest";
import { advise, EXPORT_TOOLS, estimate, exportFiles, importConfig } from "#package/api.ts";
import { headroom } from "#package/program.ts";
import { runCommand } from "./commands/run-command.ts";

const LINK = "?v=1&model=qwen2.5-0.5b&method=qlora&show=qlora&batch=2&seq=4096";

/** What the terminal prints with --json. */
const printedBy = async (...args: readonly string[]): Promise<unknown> => {
  const { printed } = await runCommand(headroom(""), args);
  return JSON.parse(printed.join(""));
};

describe("a scenario is given", () => {
  it("as a link, or as its keys with values: the same answer", () => {
    const keys = {
      model: "qwen2.5-0.5b",
      method: "qlora",
      show: ["qlora"],
      batch: 2,
      seq: "4096",
      r: undefined,
      alpha: null,
    };
    expect(estimate(keys)).toEqual(estimate(LINK));
    expect(estimate(`https://example.org/headroom/${LINK}#bars`)).toEqual(estimate(LINK));
  });

  it("as the scenario of an answer, changed", () => {
    const { scenario, methods } = estimate(LINK);
    expect(estimate(scenario).methods).toEqual(methods);
    expect(estimate({ ...scenario, packing: true, seq: 8192 }).scenario).toMatchObject({ packing: 1, seq: 8192 });
  });

  it("with keys and values that there are not: they are issues", () => {
    const { issues } = estimate({ model: "no-such-model", "a&b": "c=d" });
    expect(issues.map(({ key, code }) => [key, code])).toEqual([
      ["a&b", "unknown-key"],
      ["model", "unknown-value"],
    ]);
  });

  it("never as a text that is no link", () => {
    expect(() => estimate("hello")).toThrow(new TypeError('"hello" is not a link: it has no key=value.'));
    expect(() => advise("")).toThrow(TypeError);
    expect(() => importConfig("a: 1", "hello")).toThrow(TypeError);
  });
});

describe("answers are what the terminal prints", () => {
  it("of estimate --json", async () => {
    expect(estimate(LINK)).toEqual(await printedBy("estimate", "--json", LINK));
  });

  it("of advise --json, with version and link", async () => {
    const advised = advise(LINK);
    expect([advised.version, advised.link]).toEqual([1, estimate(LINK).link]);
    expect(JSON.parse(JSON.stringify(advised))).toEqual(await printedBy("advise", "--json", LINK));
  });
});

describe("importConfig", () => {
  const ADAPTER = JSON.stringify({ peft_type: "LORA", r: 64, lora_alpha: 16, target_modules: ["q_proj"] });

  it("reads a text as a scenario, and says what it leaves out", () => {
    const { link, tools, read, notModelled } = importConfig(
      "base_model: Qwen/Qwen2.5-7B\nadapter: lora\noptimizer: shampoo\n",
    );
    expect(link).toMatch(/^\?v=1&model=qwen2\.5-7b&/);
    expect(tools).toEqual(["Axolotl 0.18"]);
    expect(read).toContainEqual({
      at: { file: "text", line: 2 },
      field: "adapter: lora",
      key: "method",
      value: "lora",
      sentence: null,
    });
    expect(notModelled.map(({ field }) => field)).toEqual(["optimizer: shampoo"]);
  });

  it("reads a part of a run beside a base", () => {
    const { link } = importConfig([{ name: "adapter_config.json", text: ADAPTER }], {
      model: "qwen2.5-7b",
      gpu: "h100-sxm",
    });
    expect(estimate(link ?? "").scenario).toMatchObject({ model: "qwen2.5-7b", gpu: "h100-sxm", r: 64, alpha: 16 });
  });

  it.each(["", "hello", "{", "\0", "a: [1"])("says of %j why it is none", (text) => {
    const { link, refusals } = importConfig(text);
    expect(link).toBeNull();
    expect(refusals.length).toBeGreaterThan(0);
  });

  it("says of no file at all that there is no scenario", () => {
    expect(importConfig([])).toMatchObject({ link: null, refusals: [] });
  });
});

describe("exportFiles", () => {
  it.each(EXPORT_TOOLS)("writes for %s", (tool) => {
    const { version, link, files } = exportFiles(tool, LINK);
    expect([version, link]).toEqual([1, estimate(LINK).link]);
    expect(files.every(({ name, text }) => name !== "" && text !== "")).toBe(true);
    expect(files.length).toBeGreaterThan(0);
  });

  it("knows no other tool", () => {
    expect(() => exportFiles("nothing" as "trl", LINK)).toThrow(/^There is no tool "nothing": trl, /);
  });
});
