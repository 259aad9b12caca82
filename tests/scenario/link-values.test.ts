import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import {
  estimateJson,
  type EstimateJson,
  knownMethods,
  type LinkValue,
  linkValues,
} from "#scenario/choices/estimate-json.ts";
import { answerOf, choicesOf, settledOf } from "../answered.ts";

/** The values of the settled choices. */
const valuesOf = (asked: string | Choices): Readonly<Record<string, LinkValue>> =>
  linkValues(choicesOf(asked), settledOf(asked).resolved);

describe("every key of a link after all defaults", () => {
  test("is a number where it is one, and null where it has no value", () => {
    expect(valuesOf("")).toMatchObject({
      v: 1,
      model: "llama-3.1-8b",
      params: null,
      arch: null,
      r: 16,
      alpha: 32,
      dropout: 0,
      save: null,
      shard: "none",
      selective: "none",
      packing: 1,
    });
    expect(valuesOf("model=custom&params=7B")).toMatchObject({ model: "custom", params: "7B" });
  });

  test("has logits divided where matrices are, and nowhere else", () => {
    expect(valuesOf("stack=torchtitan")).toMatchObject({ loss: "full" });
    expect(valuesOf("stack=torchtitan&gpus=2&tp=2")).toMatchObject({ loss: "parallel" });
  });

  test.each([
    [1e9, "1B"],
    [7e9, "7B"],
    [1_230_000_000, "1.23B"],
    [1_235_000_000, "1235M"],
    [350_000_000, "350M"],
    [123_456_789, 123_456_789],
  ])("has a size of %d as %s", (params, spelled) =>
    expect(valuesOf(`model=custom&params=${params}`).params).toBe(spelled),
  );

  test.each(["39.4GiB", "24GiB"])("has a card of %s as it was said", (vram) =>
    expect(valuesOf(`gpu=custom&vram=${vram}`)["vram"]).toBe(vram),
  );

  test("has the tuner that is run, and whether with DoRA", () => {
    expect(valuesOf("method=qlora&quant=gptq&tuner=vera")).toMatchObject({ tuner: "lora" });
    expect(valuesOf("method=lora&tuner=vera&dora=1")).toMatchObject({ tuner: "vera", dora: 0 });
    expect(valuesOf("model=qwen3-30b-a3b&dora=1")).toMatchObject({ tuner: "lora", dora: 0 });
    expect(valuesOf("model=qwen3-30b-a3b&dora=1&targets=attention")).toMatchObject({ dora: 1 });
  });

  test("has a value that a link may say, and that changes nothing there", () => {
    const link = new URLSearchParams({ method: "qlora" });
    for (const [key, value] of Object.entries(valuesOf("method=qlora"))) if (value !== null) link.set(key, `${value}`);
    const { value, issues } = decodeLink(`?${link}`, FULL_CATALOG);
    expect(issues).toEqual([]);
    expect(valuesOf(value)).toEqual(valuesOf("method=qlora"));
  });

  test.each([
    ["full fine-tuning: as weights are kept", "method=full&weights=fp32", { grads: "fp32", states: "fp32" }],
    ["LoRA: as adapters are kept", "adapters=bf16", { grads: "bf16", states: "bf16" }],
    ["an 8-bit optimizer: in 8 bits", "optim=adamw_bnb_8bit", { states: "int8" }],
    ["a paged one too", "optim=paged_adamw_8bit", { states: "int8" }],
    ["SGD: it has none", "optim=sgd", { states: 0 }],
    [
      "a format that was chosen: that one",
      "optim=adamw_bnb_8bit&states=fp32&grads=fp16",
      { states: "fp32", grads: "fp16" },
    ],
  ])("says of gradients and states of %s", (_, keys, values) => expect(valuesOf(keys)).toMatchObject(values));
});

describe("an answer for programs", () => {
  const json = (keys: string): EstimateJson => estimateJson(answerOf(`show=full&method=full&${keys}`), []);

  test("has its link, the card and what each method takes", () => {
    const answer = json("seq=512");
    const { version, link, gpu } = answer;
    const methods = knownMethods(answer);
    expect(version).toBe(1);
    expect(link).toBe("?v=1&method=full&show=full&seq=512");
    expect(gpu).toMatchObject({ id: "rtx-4090", name: expect.stringContaining("4090") });
    expect(methods).toHaveLength(1);
    expect(methods[0]?.terms.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(0);
    expect(methods[0]).not.toHaveProperty("division");
    expect(methods[0]).not.toHaveProperty("hostBytes");
  });

  test("has the issues of the link, then its own", () => {
    const issue = { code: "unknown-key", key: "x", value: "", used: "", message: "x" } as const;
    const answer = settledOf("show=lora&ckpt=0&selective=2");
    expect(estimateJson(answer, [issue]).issues.map(({ key }) => key)).toEqual(["x", "selective"]);
  });

  test("has host memory where something is there", () => {
    const [full] = json("offload=optimizer").methods;
    expect(full?.hostBytes).toBeGreaterThan(0);
  });

  test("has the ways in which GPUs divide the model, and each stage with its layers from 1", () => {
    const [full] = json("gpus=8&tp=2&pp=2&accum=4&show=full&shard=ddp").methods;
    expect(full).toMatchObject({
      division: { tp: 2, sp: false, cp: 1, pp: 2, ulysses: 1, lossParallel: false, data: 2 },
    });
    const stages = full && "division" in full ? full.division?.stages : undefined;
    expect(stages?.map(({ layers }) => layers)).toEqual([
      [1, 16],
      [17, 32],
    ]);
    for (const stage of stages ?? []) expect(stage.peakBytes).toBeGreaterThan(0);
  });
});
