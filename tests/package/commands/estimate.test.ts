import { decodeLink } from "#scenario/choices/decode-link.ts";
import { describe, expect, it } from "vitest";
import { TERM_IDS } from "#calc/model/terms.ts";
import { LINK_KEYS } from "#scenario/choices/encode-link.ts";
import { formatGib } from "#format/bytes.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { main } from "#package/commands/estimate.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { type EstimateJson, knownMethods } from "#scenario/choices/estimate-json.ts";
import { runCommand } from "./run-command.ts";
import fc from "fast-check";
import { arbitraryLink } from "../../advice/arbitrary-training.ts";
import { anyLink } from "../../scenario/arbitrary-links.ts";
import { tried } from "../../tried.ts";
import { focusIn, type Printed } from "./printed-estimate.ts";

const run = (args: readonly string[], input = "") => runCommand(main, args, input);

const json = async (link: string): Promise<EstimateJson> => {
  const { printed, complaints } = await run(["--json", link]);
  expect(complaints).toEqual([]);
  expect(printed).toHaveLength(1);
  return JSON.parse(printed[0] ?? "") as EstimateJson;
};

const methodOf = (estimate: EstimateJson, id: string) => {
  const found = knownMethods(estimate).find(({ method }) => method === id);
  if (found === undefined) throw new Error(`no method ${id}`);
  return found;
};

const T4_WITH_FLASH = "?v=1&model=smollm2-135m&gpu=t4&attn=flash";

describe("what a method in focus cannot run on", () => {
  it("ends with 1, as what does not fit", async () => {
    const { printed, code } = await run(["--json", T4_WITH_FLASH]);
    const { methods } = JSON.parse(printed[0] ?? "") as EstimateJson;
    expect(methods.map(({ fit }) => fit)).toEqual(["cannot-run", "cannot-run", "cannot-run"]);
    expect(code).toBe(1);
  });
});

describe("estimate --json", () => {
  it.each([
    ["q-v", 8_388_608],
    ["attention", 16_777_216],
    ["all-linear", 39_976_960],
  ])("counts what LoRA of rank 16 trains in Llama 2 7B with the targets %s", async (targets, trainableParams) => {
    const result = await json(`?v=1&model=llama-2-7b&method=lora&r=16&targets=${targets}`);
    expect(methodOf(result, "lora")).toMatchObject({ params: 6_738_415_616, trainableParams });
    expect(methodOf(result, "full").trainableParams).toBe(6_738_415_616);
  });

  it.each([
    ["7B", 84e9],
    ["13B", 156e9],
    ["34B", 408e9],
    ["70B", 840e9],
  ])("gives the article's figure for full fine-tuning of %s", async (params, peakBytes) => {
    const result = await json(`?v=1&stack=article&model=custom&params=${params}`);
    expect(methodOf(result, "full").peakBytes).toBe(peakBytes);
  });

  it("has the fields of the contract, in its order", async () => {
    const result = await json("?v=1");
    expect(Object.keys(result)).toEqual([
      "version",
      "link",
      "scenario",
      "issues",
      "gpu",
      "library",
      "notKnown",
      "nearest",
      "notCounted",
      "methods",
    ]);
    expect(result.library).toEqual({ id: "transformers", name: "Transformers", version: "5.24", month: "2026-11" });
    expect(Object.keys(result.gpu)).toEqual(["id", "name", "usableBytes", "estimated"]);
    expect(Object.keys(result.scenario)).toEqual([...LINK_KEYS]);
    expect(result.methods.map(({ method }) => method)).toEqual(["full", "lora", "qlora"]);
    expect(knownMethods(result)).toHaveLength(3);
    for (const method of knownMethods(result)) {
      expect(Object.keys(method)).toEqual(
        "method params trainableParams peakBytes peakMoment basis neededBytes reservedBytes onCardBytes onCardRangeBytes terms moments fit headroomBytes cannotRun".split(
          " ",
        ),
      );
      expect(method.terms.map(({ id }) => id)).toEqual([...TERM_IDS]);
      expect(method.moments.map(({ id }) => id)).toEqual(["load", "forward", "backward", "step", "zero"]);
    }
  });

  it.each([
    "?v=1",
    "?v=1&model=qwen2.5-7b&stack=trl&batch=4",
    "?v=1&stack=article&model=custom&params=7B",
    "?v=1&gpus=8&gpu=a100-80gb-pcie",
  ])(
    "the terms of %s sum to what is on the card, and without the framework to the peak, in whole bytes",
    async (link) => {
      for (const { terms, onCardBytes, peakBytes, headroomBytes, reservedBytes } of knownMethods(await json(link))) {
        const total = terms.reduce((sum, { bytes }) => sum + bytes, 0);
        const framework = terms.find(({ id }) => id === "framework")?.bytes ?? 0;
        expect(total).toBe(onCardBytes);
        expect(total - framework).toBe(peakBytes);
        for (const bytes of [onCardBytes, peakBytes, headroomBytes, reservedBytes, ...terms.map((term) => term.bytes)])
          expect(Number.isInteger(bytes)).toBe(true);
      }
    },
  );

  it("gives every key the value that holds after all defaults, as a link spells it", async () => {
    const { scenario } = await json("?v=1&r=64&save=lm_head&gpu=custom&vram=24GiB");
    expect(scenario).toMatchObject({
      v: 1,
      model: "llama-3.1-8b",
      params: null,
      method: "lora",
      show: "full,lora,qlora",
      stack: "transformers",
      weights: "bf16",
      adapters: "fp32",
      grads: "fp32",
      states: "fp32",
      autocast: 1,
      r: 64,
      alpha: 128,
      save: "lm_head",
      attn: "sdpa",
      loss: "full",
      optim: "adamw_torch_fused",
      gpu: "custom",
      vram: "24GiB",
      shard: "none",
      only: null,
    });
    expect((await json("?v=1&gpus=4&method=full")).scenario).toMatchObject({
      shard: "fsdp2",
      grads: "bf16",
      states: "bf16",
    });
  });

  it("says what is in host memory, and what of activations does not go together", async () => {
    const offloaded = await json("?v=1&stack=trl&ckpt=0&actoffload=1");
    expect(offloaded.issues).toEqual([]);
    expect(methodOf(offloaded, "lora").hostBytes).toBeGreaterThan(2 ** 30);
    expect(methodOf(await json("?v=1"), "lora")).not.toHaveProperty("hostBytes");
    const { issues, scenario } = await json("?v=1&selective=op&ckpt=0&stack=unsloth&actoffload=1");
    expect(issues.map(({ key, used }) => [key, used])).toEqual([
      ["selective", "none"],
      ["actoffload", "0"],
    ]);
    expect(scenario).toMatchObject({ ckpt: 0, selective: "none", actoffload: 0 });
    expect((await json("?v=1&stack=torchtitan")).scenario).toMatchObject({ selective: "op", actoffload: 0 });
    expect((await json("?v=1&selective=wholes")).issues).toMatchObject([{ key: "selective", code: "unknown-value" }]);
  });

  it("says how GPUs divide one model, and what each stage of a pipeline takes", async () => {
    const result = await json("?v=1&method=full&show=full&gpus=8&tp=2&pp=2&accum=8");
    expect(result.issues).toEqual([]);
    const { division, peakBytes } = methodOf(result, "full");
    expect(division).toMatchObject({ tp: 2, sp: false, cp: 1, pp: 2, ulysses: 1, lossParallel: false, data: 2 });
    expect(division?.stages.map(({ layers, microBatches }) => [layers, microBatches])).toEqual([
      [[1, 16], 2],
      [[17, 32], 1],
    ]);
    expect(Math.max(...(division?.stages ?? []).map((stage) => stage.peakBytes))).toBe(peakBytes);
  });

  it("says what cannot be divided as it is asked, and divides what can", async () => {
    const { issues, methods } = await json("?v=1&gpus=6&tp=3&cp=2");
    expect(issues).toEqual([expect.objectContaining({ code: "ignored-here", key: "tp", value: "3", used: "1" })]);
    expect(methods[0]?.division).toMatchObject({ tp: 1, cp: 2, data: 3 });
    const both = await json("?v=1&gpus=8&cp=2&ulysses=4");
    expect(both.issues).toEqual([expect.objectContaining({ key: "ulysses", value: "4", used: "1" })]);
    expect(both.methods[0]?.division).toMatchObject({ cp: 2, ulysses: 1, data: 4 });
  });

  it("takes the loss of divided logits where the library does, unless it is told not to", async () => {
    const link = "?v=1&stack=torchtitan&method=full&show=full&gpus=8&tp=8&sp=1&batch=8";
    const [asLibrary, gathered] = [await json(link), await json(`${link}&loss=full`)];
    expect(asLibrary.scenario).toMatchObject({ loss: "parallel" });
    expect(methodOf(asLibrary, "full").division).toMatchObject({ lossParallel: true });
    expect(methodOf(asLibrary, "full").peakBytes).toBeLessThan(methodOf(gathered, "full").peakBytes);
    expect((await json("?v=1&stack=torchtitan&gpus=8")).scenario).toMatchObject({ loss: "full" });
  });

  it("those values, as a link, give the same estimate", async () => {
    const first = await json("?v=1&model=qwen2.5-7b&method=lora&show=lora&batch=4&packing=0");
    const pairs = Object.entries(first.scenario).filter(([, value]) => value !== null);
    const again = await json(`?${pairs.map(([key, value]) => `${key}=${value}`).join("&")}`.replace("&quant=nf4", ""));
    expect(again.issues).toEqual([]);
    expect(again.methods).toEqual(first.methods);
  });

  it("gives the canonical link, and what was wrong with the one given", async () => {
    const result = await json("https://example.org/?gpu=rtx-4090&r=5000&v=1&zzz=1#x");
    expect(result.link).toBe("?v=1&r=1024");
    expect(result.issues.map(({ code, key, value, used }) => [code, key, value, used])).toEqual([
      ["unknown-key", "zzz", "1", ""],
      ["out-of-range", "r", "5000", "1024"],
    ]);
    expect(decodeLink(result.link, FULL_CATALOG).issues).toEqual([]);
  });
});

describe("estimate ends", () => {
  it("with 0 when the method in focus fits, and with 1 when it does not", async () => {
    expect((await run(["?v=1&model=llama-3.2-1b&method=qlora"])).code).toBe(0);
    expect((await run(["?v=1&method=full"])).code).toBe(1);
    expect((await run(["?v=1&show=full"])).code).toBe(1);
    // A method that is not shown has no focus: QLoRA has it, and fits.
    expect((await run(["?v=1&method=full&show=qlora"])).code).toBe(0);
  });

  it("with 0 for bad values: they are issues, not errors", async () => {
    expect((await run(["?v=1&model=llama-3.2-1b&method=qlora&r=none"])).code).toBe(0);
  });

  it("with the worst of several links, each answered", async () => {
    const { code, printed } = await run(
      ["--json", "-", "?v=1&method=full"],
      "?model=llama-3.2-1b&method=qlora\n\nv=1&r=8\r\n",
    );
    expect(code).toBe(1);
    expect(printed).toHaveLength(3);
  });

  it.each([
    [[], "", "There is no link. npm run -s estimate -- --help says what it takes."],
    [["-"], " \n", "There is no link on standard input. npm run -s estimate -- --help says what it takes."],
    [["--wide", "?v=1"], "", 'estimate has no option "--wide". npm run -s estimate -- --help says what it takes.'],
    [["hello"], "", '"hello" is not a link: it has no key=value. npm run -s estimate -- --help says what it takes.'],
    [
      ["-"],
      "\nhello",
      'Line 2: "hello" is not a link: it has no key=value. npm run -s estimate -- --help says what it takes.',
    ],
  ])("with 2, a sentence and nothing on standard output for %j", async (args, input, sentence) => {
    expect(await run(args, input)).toEqual({ code: 2, printed: [], complaints: [sentence] });
  });
});

describe("estimate for people", () => {
  it("prints the scenario, what was wrong with it, and a column for each method", async () => {
    const { printed } = await run(["?v=1&r=5000"]);
    const text = printed.join("\n");
    expect(printed[0]).toMatch(/^Llama 3\.1 8B \(8\.03 B\) on .*RTX 4090 \(23\.\d GiB usable\)$/);
    expect(text).toContain("! r=5000 is above 1024; r=1024 is used.");
    expect(text).toMatch(/GiB per GPU +Full +LoRA +QLoRA\nBase weights +\d/);
    expect(text).toMatch(/does not fit/);
    expect(text).not.toContain("\u00A0");
  });

  it("has what is needed, seen and allocated in the page's words, and nothing seen of what does not fit", async () => {
    const { printed } = await run(["?v=1"]);
    const methods = knownMethods(await json("?v=1"));
    const lineOf = (label: string) =>
      printed
        .find((line) => line.startsWith(label))
        ?.slice(label.length)
        .trim();
    const figures = (bytesOf: (one: (typeof methods)[number]) => number) =>
      methods.map((one) => formatGib(bytesOf(one)));
    expect(methods.map(({ fit }) => fit)).toEqual(["over", "fits", "fits"]);
    expect(lineOf("Needed on the card")?.split(/ +/)).toEqual(figures(({ onCardBytes }) => onCardBytes));
    expect(lineOf("  at least")?.split(/ +/)).toEqual(figures(({ onCardRangeBytes: [least] }) => least));
    expect(lineOf("Seen on this card")?.split(/ +/)).toEqual([
      "–",
      ...figures(({ onCardRangeBytes: [, most] }) => most).slice(1),
    ]);
    expect(lineOf("Allocated")?.split(/ +/)).toEqual(figures(({ peakBytes }) => peakBytes));
  });

  it("says what the card asks for that no figure says", async () => {
    const starred = async (link: string) => (await run([link])).printed.filter((line) => line.startsWith("* "));
    expect(await starred("?v=1&gpu=t4")).toEqual([
      "* As Transformers 5.24 (2026-11) runs it.",
      "* Counted as a T4 runs it: fp16, math attention.",
    ]);
    expect(await starred("?v=1&gpu=t4&attn=flash")).toContain("* LoRA cannot run on a T4: no flash kernel.");
    expect(await starred("?v=1&gpu=h100-sxm&model=mixtral-8x7b&stack=trl")).toContainEqual(
      expect.stringMatching(
        /^\* QLoRA: the experts are not quantised \(84\.0 GiB of the 85\.1 GiB of base weights\)\. /,
      ),
    );
  });

  it("says after the table how each figure comes about, where that is asked: its factors, and their tensors", async () => {
    const { printed } = await run(["--explain", "?v=1&show=lora&batch=1&seq=2048"]);
    const said = printed.join("\n");
    expect(said).toContain("= rows × tokens × vocabulary × bytes per logit + smaller tensors\n");
    expect(said).toContain("= 1 × 2,048 × 128,256 × 12 + 512\n");
    expect(said).toMatch(
      /Gradient of the logits +log_softmax backward +1, 2048, 128256 fp32 +Being allocated: this is the peak +4 B\n/,
    );
    expect(said).toContain("In the forward pass bytes per logit are 10: ");
    expect(said).toContain("Plus 512 B for the loss itself.");
    expect((await run(["?v=1&show=lora"])).printed.join("\n")).not.toContain("bytes per logit");
  });

  it("says of figures that come from no step their rule alone", async () => {
    const { printed } = await run(["--explain", "?v=1&stack=article&show=lora"]);
    expect(printed).toContain("Base weights, 15.0 GiB");
    expect(printed.join("\n")).not.toContain("Kept from forward");
  });

  it("explains itself", async () => {
    const { code, printed } = await run(["--help"]);
    expect(code).toBe(0);
    expect(printed[0]).toMatch(/^Usage: npm run -s estimate/);
  });

  it("says why QLoRA takes more than LoRA, in the words of the page", async () => {
    const link = "?v=1&model=bloom-560m";
    const { value } = decodeLink(link, FULL_CATALOG);
    const words = pageAnswer({ choices: value }, FULL_CATALOG).qloraOverLora;
    if (words === null) throw new Error("QLoRA takes more than LoRA");
    const { printed } = await run([link]);
    expect(printed).toContain(`* ${words.lead}`.replaceAll("\u00a0", " "));
    expect(printed.join("\n")).toMatch(/\* QLoRA takes 0\.\d GiB more than LoRA here: /);
  });

  it.each(["?v=1", "?v=1&model=bloom-560m&show=lora", "?v=1&model=bloom-560m&show=full,qlora"])(
    "does not compare QLoRA with LoRA where it takes less, or where one of them is not shown: %s",
    async (link) => {
      expect((await run([link])).printed.join("\n")).not.toContain("more than LoRA");
    },
  );
});

/** The codes that docs/package.md names: 0 fits or may not fit, 1 does not fit or cannot run, 2 not known. */
const CODES = { fits: 0, tight: 0, over: 1, "cannot-run": 1, "not-known": 2 } as const;

/** What is said of the method in focus: of the whole run where more than the step is asked for. A method may be what is not known. */
const saidOf = (json: Printed): keyof typeof CODES => {
  if (json.notKnown !== null) return "not-known";
  const { fit, run } = focusIn(json);
  return run?.fit ?? fit;
};

const link = fc.oneof(
  { weight: 1, arbitrary: arbitraryLink },
  { weight: 1, arbitrary: anyLink.filter((text) => /^\?[^#\n]*=/.test(text)) },
);

tried("estimate ends with the code of its method in focus, which is shown", { quick: 25, thorough: 500 }, (runs) =>
  fc.assert(
    fc.asyncProperty(link, async (text) => {
      const { code, printed } = await runCommand(main, ["--json", text]);
      const json = JSON.parse(printed[0] ?? "") as Printed;
      expect(code, json.link).toBe(CODES[saidOf(json)]);
    }),
    runs,
  ),
);
