import { describe, expect, test } from "vitest";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { settle } from "#scenario/choices/settle.ts";
import { answerOf, focusOf, saidOf, scenarioOf, settledOf } from "../answered.ts";

const scenarioWith = (method: Choices["method"], keys: string): Scenario => scenarioOf(`${keys}&method=${method}`);

describe("The batch", () => {
  test("of plain fine-tuning is rows, with nothing said of prompts", () => {
    expect(scenarioOf("batch=2&seq=1000")).toMatchObject({ micro_batch_size: 2, sequence_length: 1000, packing: true });
    expect(scenarioOf("batch=2&seq=1000")).not.toHaveProperty("scored_tokens");
  });

  test("of pairs is two rows each, padded, and completions alone are scored", () => {
    expect(scenarioOf("objective=dpo&batch=3&seq=1000&prompt=600&fill=0.5")).toMatchObject({
      micro_batch_size: 6,
      sequence_length: 1000,
      packing: false,
      scored_tokens: 6 * 200,
    });
    expect(scenarioOf("objective=orpo&batch=3&seq=1000&prompt=600")).toMatchObject({
      micro_batch_size: 6,
      sides: { prompt: 600, chosen: 1000, rejected: 1000 },
    });
    expect(scenarioOf("objective=reward&batch=3").micro_batch_size).toBe(6);
  });

  test("of KTO and GRPO is rows; mismatched completions and completions have lengths of their own", () => {
    expect(scenarioOf("objective=kto&batch=4&seq=100")).toMatchObject({ micro_batch_size: 4, mismatched_length: 100 });
    expect(scenarioOf("objective=grpo&batch=4&prompt=100&completion=300")).toMatchObject({
      micro_batch_size: 4,
      sequence_length: 400,
      completion_length: 300,
    });
  });

  test("has half of a row as prompt unless it is said, and a completion of one token at least", () => {
    expect(scenarioOf("objective=dpo&seq=101").scored_tokens).toBe(2 * 50);
    expect(scenarioOf("objective=dpo&seq=100&prompt=400")).toMatchObject({ sequence_length: 100, scored_tokens: 2 });
    expect(scenarioOf("objective=dpo&seq=1")).toMatchObject({ sequence_length: 2, scored_tokens: 2 });
  });
});

describe("The reference", () => {
  test.each([
    ["objective=dpo", "full", "copy"],
    ["objective=dpo", "lora", "adapters-off"],
    ["objective=kto", "qlora", "adapters-off"],
    ["objective=dpo&ref=copy", "lora", "copy"],
    ["objective=dpo&ref=copy-4bit", "full", "copy-4bit"],
    ["objective=kto&ref=copy-4bit", "lora", "copy-4bit"],
    ["objective=dpo&ref=precomputed", "full", "precomputed"],
    ["objective=dpo&ref=adapters-off", "full", "copy"],
    ["objective=grpo", "full", undefined],
    ["objective=grpo&beta=0.04", "full", "copy"],
    ["objective=grpo&beta=0.04", "lora", "adapters-off"],
    ["objective=grpo&beta=0.04&ref=precomputed", "full", "copy"],
    ["objective=grpo&beta=0.04&ref=copy-4bit", "full", "copy-4bit"],
    ["objective=grpo&ref=copy-4bit", "full", undefined],
    ["objective=orpo", "full", undefined],
    ["objective=orpo&ref=copy-4bit", "full", undefined],
    ["", "full", undefined],
  ] as const)("of %s with %s is %s", (keys, method, held) => expect(scenarioWith(method, keys).reference).toBe(held));

  test("that cannot be had is said, with what is held in its place", () => {
    expect(saidOf("objective=dpo&ref=adapters-off&show=full")).toContain(
      "ref=adapters-off needs adapters, and full fine-tuning has none; ref=copy is used.",
    );
    expect(saidOf("objective=dpo&ref=adapters-off&show=full,lora")).toContain(
      "ref=adapters-off needs adapters, and full fine-tuning has none, so full fine-tuning has its own; ref=copy is used.",
    );
    expect(saidOf("objective=grpo&ref=copy")).toContain("ref=copy belongs to beta above 0; ref=none is used.");
    expect(saidOf("objective=dpo&ref=none&show=lora")).toContain(
      "ref=none does not go with objective=dpo here, which holds the policy against a reference; ref=adapters-off is used.",
    );
    expect(saidOf("objective=grpo&beta=1&ref=precomputed&show=lora")).toContain(
      "ref=precomputed is of data that is there before training, and GRPO makes its own; ref=adapters-off is used.",
    );
    expect(saidOf("objective=dpo&ref=copy")).toEqual([]);
  });
});

describe("An objective", () => {
  test("is a library's that has it, with the loss that its trainer has", () => {
    expect(scenarioOf("objective=dpo").loss).toEqual({ kind: "fused", kernel: "trl" });
    expect(scenarioOf("objective=dpo&stack=trl-1.14").loss.kind).toBe("full");
    expect(scenarioOf("objective=orpo").loss.kind).toBe("full");
    expect(scenarioWith("qlora", "objective=orpo").method).toMatchObject({ kbitPreparation: "trl" });
    expect(scenarioOf("objective=dpo&liger=1").loss).toEqual({ kind: "fused", kernel: "trl" });
    expect(decodeLink("?v=1&objective=grpo&stack=trl-1.14", FULL_CATALOG).value.stack).toBe("trl");
  });

  test("takes nothing with it that is of others alone", () => {
    const { value } = decodeLink("?v=1&objective=dpo&eval=8&packing=0&loss=chunked&beta=1", FULL_CATALOG);
    expect(value).toMatchObject({ eval: 0, packing: true, loss: null, beta: 0 });
    expect(settle({ ...value, objective: "sft" })).toMatchObject({ stack: "trl", ref: null, prompt: null });
  });

  test("of KTO without mismatched completions is TRL's other loss", () => {
    expect(scenarioOf("objective=kto")).not.toHaveProperty("loss_type");
    expect(scenarioOf("objective=kto&kl=0").loss_type).toBe("apo_zero_unpaired");
  });

  test("runs a model of several streams on mismatched completions, too", () => {
    const { methods } = answerOf("objective=kto&model=gemma-3n-e2b&seq=64&show=full,lora,qlora");
    for (const { estimate } of methods) expect(estimate.peakBytes).toBeGreaterThan(0);
  });

  test("holds a copy that its weights say", () => {
    const weights = (keys: string, method: Choices["method"]) =>
      focusOf(`${keys}&method=${method}`).estimate.terms.find(({ id }) => id === "weights");
    const copied = weights("objective=dpo", "full");
    expect(copied?.bytes).toBe(2 * (copied?.referenceBytes ?? 0));
    expect(weights("objective=dpo", "lora")).not.toHaveProperty("referenceBytes");
  });
});

describe("A reference in 4 bits", () => {
  const weightsOf = (keys: string) => {
    const { estimate } = focusOf(`model=qwen2.5-1.5b&method=full&${keys}`);
    const weights = estimate.terms.find(({ id }) => id === "weights");
    return { bytes: Number(weights?.bytes), referenceBytes: Number(weights?.referenceBytes) };
  };

  test("is a frame of its own size among the weights, whatever the base of the policy is", () => {
    const copy = weightsOf("objective=dpo");
    const packed = weightsOf("objective=dpo&ref=copy-4bit");
    expect(copy.bytes - packed.bytes).toBe(copy.referenceBytes - packed.referenceBytes);
    expect(packed.referenceBytes / copy.referenceBytes).toBeLessThan(0.5);
  });

  test("has its statistics quantised where those of QLoRA are", () => {
    expect(scenarioWith("full", "objective=dpo&ref=copy-4bit")).not.toHaveProperty("wholeStatistics");
    expect(scenarioWith("full", "objective=dpo&ref=copy-4bit&dq=0")).toMatchObject({ wholeStatistics: true });
    expect(scenarioWith("full", "objective=dpo&ref=copy&dq=0")).not.toHaveProperty("wholeStatistics");
    const [nested, whole] = ["", "&dq=0"].map((dq) => weightsOf(`objective=kto&ref=copy-4bit${dq}`).referenceBytes);
    expect(whole).toBeGreaterThan(nested ?? 0);
  });

  test("was run over TRL's head alone, and says so elsewhere", () => {
    const saysOf = (keys: string) => ENGINE.approximations(scenarioWith("full", keys)).join(" ");
    expect(saysOf("objective=dpo&ref=copy-4bit")).not.toContain("4 bits");
    for (const stack of ["trl-1.14", "trl-0.24"])
      expect(saysOf(`objective=dpo&ref=copy-4bit&stack=${stack}`)).toContain("A reference in 4 bits was run with TRL");
    expect(saysOf("objective=dpo&ref=copy&stack=trl-1.14")).not.toContain("4 bits");
    expect(saysOf("objective=dpo&ref=copy-4bit&gpus=2&shard=fsdp2")).toContain("counted whole on every GPU");
  });

  test("is loaded a matrix at a time, each whole before it is packed", () => {
    const { run } = focusOf("model=qwen2.5-1.5b&method=full&objective=dpo&ref=copy-4bit&loading=device");
    const loading = run?.moments.find(({ id }) => id === "loading");
    expect((loading?.peakBytes ?? 0) - (loading?.liveBytes ?? 0)).toBeGreaterThan(8960 * 1536 * 2);
  });
});

describe("What vLLM declares", () => {
  const headroom = (keys: string): number => focusOf(keys).card.headroomBytes;
  const GRPO = "objective=grpo&gpu=h100-sxm";

  test("is a share of the card that no step has, but in sleep mode and on other cards", () => {
    const { gpu, reservedBytes } = settledOf(`${GRPO}&engine=vllm-colocate&vllm=0.4`);
    expect(reservedBytes).toBe(Math.round(0.4 * gpu.usableBytes));
    expect(headroom(GRPO) - headroom(`${GRPO}&engine=vllm-colocate&vllm=0.4`)).toBe(reservedBytes);
    expect(headroom(`${GRPO}&engine=vllm-colocate&sleep=1`)).toBe(headroom(GRPO));
    expect(headroom(`${GRPO}&engine=vllm-server`)).toBe(headroom(GRPO));
  });

  test("is nothing of other objectives, and its share nothing of other engines", () => {
    const said = (keys: string): readonly string[] =>
      decodeLink(`?v=1&${keys}`, FULL_CATALOG).issues.map(({ message }) => message);
    expect(said("objective=dpo&engine=vllm-colocate")).toEqual([
      "engine=vllm-colocate is a choice of GRPO, and says nothing of other objectives; engine=transformers is used.",
    ]);
    expect(said("objective=grpo&vllm=0.5")).toEqual([
      "vllm=0.5 belongs to engine=vllm-colocate, and the engine is transformers; vllm=0.3 is used.",
    ]);
    expect(said("objective=grpo&engine=vllm-colocate&vllm=0.5&sleep=1")).toEqual([]);
  });
});
