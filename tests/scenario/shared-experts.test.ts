import { describe, expect, test } from "vitest";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import { answerOf, focusOf, saidOf, scenarioOf, scenariosOf } from "../answered.ts";

const peakOf = (keys: string): number => focusOf(keys).estimate.peakBytes;

const QWEN = "model=qwen3-30b-a3b&gpus=8";
const FULL = `${QWEN}&method=full&show=full`;
const LORA = `${QWEN}&method=lora&show=lora`;

describe("experts that GPUs share out", () => {
  test("are in the scenario beside FSDP 2 as transformers sets it up by itself", () => {
    expect(scenarioOf(`${FULL}&ep=4`)).toMatchObject({
      gpus: 8,
      sharding: "fsdp2",
      division: { tp_size: 1, ep_size: 4 },
      fsdp: { reduce: "bf16", keepsTypes: true, castsInputs: false, endsApart: true, reducesEachMicroStep: false },
    });
    expect(scenarioOf(`${FULL}&ep=4&weights=fp32`).fsdp).toMatchObject({ reduce: "fp32", castsInputs: true });
    expect(scenarioOf(`${FULL}&stack=trl&ep=4`).division).toMatchObject({ ep_size: 4 });
    expect(scenarioOf(`${FULL}&tp=2&ep=4`).division).toMatchObject({ tp_size: 2, ep_size: 4 });
    expect(scenarioOf(`${LORA}&targets=attention&ep=8`).division).toMatchObject({ ep_size: 8 });
  });

  test("change nothing where each GPU has all of them", () => {
    expect(scenarioOf(`${FULL}&ep=1`)).toEqual(scenarioOf(FULL));
    expect(scenarioOf(FULL)).not.toHaveProperty("fsdp");
    expect(scenarioOf(`${FULL}&ep=3`)).toEqual(scenarioOf(FULL));
  });

  test("are gathered in parts: more GPUs that share them never take more", () => {
    const peaks = [2, 4, 8].map((ep) => peakOf(`${FULL}&ep=${ep}&ckpt=0`));
    expect(peaks.toSorted((one, other) => other - one)).toEqual(peaks);
    expect(peakOf(`${FULL}&weights=fp32&ep=2`)).toBeLessThan(peakOf(`${FULL}&weights=fp32`));
  });

  test("are counted once: parameters are those of the model", () => {
    const params = (keys: string): unknown => focusOf(keys).estimate.params;
    expect(params(`${FULL}&ep=8`)).toBe(params(FULL));
  });

  test("stand in the JSON beside what divides the model otherwise", () => {
    const json = estimateJson(answerOf(`${FULL}&ep=4`), []);
    expect(json.scenario).toMatchObject({ ep: 4 });
    expect(json.methods[0]).toMatchObject({ division: { tp: 1, ep: 4, data: 8 } });
    expect(json.link).toContain("&ep=4");
  });

  test.each([
    [`${FULL}&ep=3`, "ep=3 does not divide 128 experts; ep=1 is used."],
    ["method=full&show=full&gpus=8&ep=2", "ep=2 is for fused experts, and this model has none; ep=1 is used."],
    [
      `${FULL}&stack=unsloth&ep=8`,
      "ep=8 belongs to transformers’ own expert parallelism: Unsloth does not divide experts; ep=1 is used.",
    ],
    [
      `${FULL}&stack=torchtitan&ep=8`,
      "ep=8 belongs to transformers’ own expert parallelism: how torchtitan divides experts is not here; ep=1 is used.",
    ],
    [
      `${FULL}&shard=zero3&ep=8`,
      "ep=8 goes with shard=fsdp2 alone, which transformers puts around experts as it loads them; ep=1 is used.",
    ],
    [`${FULL}&offload=all&ep=8`, "ep=8 is not counted with a part in host memory; ep=1 is used."],
    [
      `${LORA}&ep=8`,
      "ep=8 goes with adapters beside linears alone: PEFT’s beside experts cannot be added to a part of them; ep=1 is used.",
    ],
    [
      `${LORA}&targets=attention&dora=1&ep=8`,
      "ep=8 goes with plain LoRA: another tuner beside a divided model is not held against a run; ep=1 is used.",
    ],
    [
      `${LORA}&targets=attention&save=lm_head&ep=8`,
      "ep=8 does not go with modules_to_save, whole copies of what ranks share; ep=1 is used.",
    ],
    [
      `${QWEN}&method=qlora&show=qlora&ep=8`,
      "ep=8 is for weights in 16 bits or more: PEFT finds no quantised matrix in a base that is loaded in parts; ep=1 is used.",
    ],
    [
      `${QWEN}&method=full&show=full,qlora&ep=8`,
      "ep=8 is for weights in 16 bits or more: PEFT finds no quantised matrix in a base that is loaded in parts, so QLoRA goes without it; ep=1 is used.",
    ],
  ])("%s: %s", (keys, sentence) => expect(saidOf(keys)).toContain(sentence));

  test("are refused by name where some of the shown methods go without, and once where all do", () => {
    const unlike = saidOf(`${QWEN}&ep=8`);
    expect(unlike).toEqual([
      "ep=8 goes with adapters beside linears alone: PEFT’s beside experts cannot be added to a part of them, so LoRA goes without it; ep=1 is used.",
      "ep=8 is for weights in 16 bits or more: PEFT finds no quantised matrix in a base that is loaded in parts, so QLoRA goes without it; ep=1 is used.",
    ]);
    const [full, lora] = scenariosOf(`${QWEN}&ep=8`);
    expect([full?.scenario.division?.ep_size, lora?.scenario.division?.ep_size]).toEqual([8, undefined]);
    expect(saidOf(`${QWEN}&ep=3`)).toEqual(["ep=3 does not divide 128 experts; ep=1 is used."]);
    expect(saidOf("gpus=8&ep=2")).toEqual(["ep=2 is for fused experts, and this model has none; ep=1 is used."]);
    expect(saidOf(`${QWEN}&shard=zero3&ep=8`)).toHaveLength(1);
    expect(saidOf(`${QWEN}&tp=3&ep=8`)).toContain("tp=3 does not divide 32 attention heads; tp=1 is used.");
  });

  test("are asked for in silence where they are shared out", () => {
    expect(saidOf(`${FULL}&ep=8`)).toEqual([]);
    expect(saidOf(FULL)).toEqual([]);
  });
});
