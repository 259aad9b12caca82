import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { CheckJson } from "#package/check-reports.ts";
import { estimate } from "#package/api.ts";
import { main } from "#package/commands/check.ts";
import { AXOLOTL, TRL } from "../training-files.ts";
import { runCheck } from "../check/run-check.ts";

const jsonOf = async (files: Readonly<Record<string, string>>, ...args: readonly string[]) => {
  const { code, text } = await runCheck(files, ...args, "--format", "json");
  return { code, checked: text.split("\n").map((line) => JSON.parse(line) as CheckJson) };
};

const FILE = { "train.yaml": AXOLOTL };
const UNKNOWN_OPTIMIZER = { "train.yaml": AXOLOTL.replace("adamw_torch", "shampoo") };

describe("check ends with", () => {
  it.each([
    { when: "it fits", files: FILE, args: ["--gpu", "h100-sxm"], ends: [0, "fits"] },
    { when: "it may not fit", files: FILE, args: ["--gpu", "rtx-4090", "?used=2.7"], ends: [4, "tight"] },
    {
      when: "it may not fit, which is allowed",
      files: FILE,
      args: ["--gpu", "rtx-4090", "?used=2.7", "--allow-tight"],
      ends: [0, "tight"],
    },
    {
      when: "it does not fit, whatever is allowed",
      files: FILE,
      args: ["--gpu", "rtx-3060-12gb", "--allow-tight"],
      ends: [1, "over"],
    },
    { when: "it does not fit", files: FILE, args: ["--gpu", "rtx-3060-12gb"], ends: [1, "over"] },
    { when: "the card cannot run it", files: FILE, args: ["--gpu", "t4"], ends: [1, "cannot-run"] },
    { when: "a file is none of a tool", files: { "train.yaml": "a: b\n" }, args: [], ends: [2, "not-readable"] },
    { when: "a field is not modelled", files: UNKNOWN_OPTIMIZER, args: ["--gpu", "h100-sxm"], ends: [3, "not-known"] },
  ])("$ends where $when", async ({ files, args, ends }) => {
    const { code, checked } = await jsonOf(files, "train.yaml", ...args);
    expect(checked.map((each) => [each.exit, each.outcome])).toEqual([ends]);
    expect(code).toBe(ends[0]);
  });

  it("2 where there is no such file, which stands in the report", async () => {
    const { code, text, complaints } = await runCheck({}, "nowhere.yaml", "--format", "junit");
    expect(code).toBe(2);
    expect(text).toContain('<testcase classname="headroom.check" name="nowhere.yaml">');
    expect(complaints[0]).toMatch(/^nowhere.yaml cannot be read: /);
  });

  it.each([
    [["--gpus"], "--gpus needs a value."],
    [["--gpu="], "--gpu needs a value."],
    [["--card", "t4"], 'check has no option "--card".'],
    [["--format", "html"], 'There is no format "html": plain, markdown, junit, json are there.'],
    [["?seq=1", "?seq=2"], "check takes one link."],
    [["--gpu", "rtx-409"], "Near it are rtx-4090"],
    [["--gpus", "0"], "gpus=0"],
    [["?sq=4096"], "links have no key sq"],
    [["?seq=long"], "seq=long"],
  ])("2 where %j cannot be read, in a sentence", async (args, sentence) => {
    const { code, text, complaints } = await runCheck(FILE, "train.yaml", ...args);
    expect([code, text]).toEqual([2, ""]);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(sentence);
    expect(complaints[0]).toMatch(/headroom check --help says what it takes\.$/);
  });

  it("2 in a clone too, with the name that npm has for it", async () => {
    const complaints: string[] = [];
    const silent = { input: () => Readable.from([]), print: () => {} };
    expect(await main({ ...silent, args: [], complain: (line) => complaints.push(line) })).toBe(2);
    expect(complaints).toEqual(["There is no file. npm run -s check-file -- --help says what it takes."]);
  });

  it("2 without a file", async () => {
    expect((await runCheck({}, "--gpu", "t4")).complaints[0]).toMatch(/^There is no file\./);
  });
});

describe("what a check says", () => {
  it("is the estimate of the link that it gives", async () => {
    const { checked } = await jsonOf(FILE, "train.yaml", "--gpu", "h100-sxm");
    const [{ estimate: said } = { estimate: null }] = checked;
    expect(said?.methods.map(({ method }) => method)).toEqual(["qlora"]);
    expect(said).toEqual(estimate(said?.link ?? ""));
  });

  it("of a field that is not modelled: which, and the figure without it", async () => {
    const { text } = await runCheck(UNKNOWN_OPTIMIZER, "train.yaml", "--gpu", "h100-sxm");
    expect(text).toMatch(
      /Not known: one field changes memory and is not modelled\. Without it: QLoRA of Llama 3\.1 8B fits/,
    );
    expect(text).toMatch(/\? train\.yaml:10 optimizer: shampoo {2}\(/);
  });

  it("of what may not fit: how much is free, and never that it fits", async () => {
    const { text } = await runCheck(FILE, "train.yaml", "--gpu", "rtx-4090", "?used=2.7");
    expect(text).toMatch(/^train\.yaml may not fit$/m);
    expect(text).toMatch(
      /QLoRA of Llama 3\.1 8B may not fit an RTX 4090: [\d.]+ GiB needed of [\d.]+.*, [\d.]+ GiB free\./,
    );
    expect(text).not.toMatch(/\bfits\b/);
  });

  it("of what does not fit: what to change first, with a link that does", async () => {
    const { checked } = await jsonOf(FILE, "train.yaml", "--gpu", "rtx-3060-12gb");
    const [{ change } = { change: null }] = checked;
    expect(change?.ids.length).toBeGreaterThan(0);
    const changed = estimate(change?.link ?? "").methods.find(({ method }) => method === "qlora");
    expect(["fits", "tight"]).toContain(changed?.fit);
  });
});

describe("what the command says goes before what files say", () => {
  it("by keys of a link", async () => {
    const { checked } = await jsonOf(FILE, "train.yaml", "?seq=8192&gpu=h100-sxm&alloc=expandable&theme=dark");
    expect(checked[0]?.estimate?.scenario).toMatchObject({ seq: 8192, alloc: "expandable", gpu: "h100-sxm", batch: 2 });
    expect(checked[0]?.imported.ignored.map(({ field }) => field)).toContain("sequence_len: 4096");
  });

  it("by a model, where the catalog does not have the file's", async () => {
    const files = { "train.yaml": AXOLOTL.replace("meta-llama/Llama-3.1-8B", "./our-own-llama") };
    expect((await jsonOf(files, "train.yaml", "--gpu", "h100-sxm")).code).toBe(3);
    const { code, checked } = await jsonOf(files, "train.yaml", "--gpu", "h100-sxm", "?model=llama-3.1-8b");
    expect([code, checked[0]?.imported.notModelled]).toEqual([0, []]);
  });

  it("and --gpu before gpu and vram of the link", async () => {
    const { checked } = await jsonOf(FILE, "train.yaml", "--gpu", "h100-sxm", "?gpu=custom&vram=8");
    expect(checked[0]?.estimate?.gpu.id).toBe("h100-sxm");
  });

  it.each([
    ["Axolotl's YAML", { "train.yaml": AXOLOTL }],
    ["a command of TRL", { "train.yaml": TRL }],
  ])("of several GPUs each has all of the model where %s divides nothing", async (_, files) => {
    const { checked } = await jsonOf(files, "train.yaml", "--gpu", "h100-sxm", "--gpus", "8");
    expect(checked[0]?.estimate?.scenario).toMatchObject({ gpus: 8, shard: "ddp" });
    expect(checked[0]?.imported.assumed.map(({ key }) => key)).toContain("shard");
  });

  it("of several GPUs that a DeepSpeed JSON shares the run is shared", async () => {
    const files = {
      "train.yaml": `${AXOLOTL}deepspeed: zero3.json\n`,
      "zero3.json": JSON.stringify({ zero_optimization: { stage: 3 }, bf16: { enabled: true } }),
    };
    const { checked } = await jsonOf(files, "train.yaml", "zero3.json", "--gpu", "h100-sxm", "--gpus", "8");
    expect(checked).toHaveLength(1);
    expect(checked[0]?.estimate?.scenario).toMatchObject({ gpus: 8, shard: "zero3" });
  });
});

describe("files that say a part of a run alone", () => {
  const AUTO = { reduce_bucket_size: "auto", stage3_param_persistence_threshold: "auto" };
  const PART = { "zero3.json": JSON.stringify({ zero_optimization: { stage: 3, ...AUTO } }) };

  it("are no scenario", async () => {
    const { code, text } = await runCheck(PART, "zero3.json", "--gpu", "h100-sxm");
    expect(code).toBe(2);
    expect(text).toContain("zero3.json: That is only a part of a run.");
  });

  it("are one with a link that says the rest", async () => {
    const { code, checked } = await jsonOf(PART, "zero3.json", "?model=qwen2.5-7b&method=full&gpu=h100-sxm&gpus=8");
    expect(code).toBe(0);
    expect(checked[0]?.estimate?.scenario).toMatchObject({
      model: "qwen2.5-7b",
      method: "full",
      gpus: 8,
      shard: "zero3",
    });
  });
});

describe("several runs", () => {
  const ZERO = JSON.stringify({ zero_optimization: { stage: 2, reduce_bucket_size: "auto" } });
  const files = {
    "a.yaml": `${AXOLOTL}deepspeed: zero2.json\n`,
    "b.sh": TRL,
    "zero2.json": ZERO,
    "c.yaml": "hello: world\n",
  };

  it("are checked one by one, each with the files that it names; the worst counts", async () => {
    const { code, checked } = await jsonOf(
      files,
      "a.yaml",
      "b.sh",
      "zero2.json",
      "c.yaml",
      "--gpu",
      "h100-sxm",
      "--gpus",
      "2",
    );
    expect(code).toBe(2);
    expect(checked.map(({ file, outcome }) => [file.replace(/.*\//, ""), outcome])).toEqual([
      ["a.yaml", "fits"],
      ["b.sh", "fits"],
      ["c.yaml", "not-readable"],
    ]);
    expect(checked.map((each) => each.estimate?.scenario["shard"])).toEqual(["zero2", "ddp", undefined]);
  });

  it("of which one does not fit and one is not known end with 1", async () => {
    const two = { "a.yaml": UNKNOWN_OPTIMIZER["train.yaml"], "b.yaml": AXOLOTL };
    expect((await runCheck(two, "a.yaml", "b.yaml", "--gpu", "rtx-3060-12gb")).code).toBe(1);
  });
});
