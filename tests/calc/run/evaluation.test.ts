import { describe, expect, test } from "vitest";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Evaluation, RunMoment } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { evaluationPoints, wholeRun } from "#calc/whole-run.ts";
import { loraMethod, scenario } from "../scenario.ts";

/** Gemma's vocabulary, in the issue about the request of 15.26 GiB. */
const VOCABULARY = 256_000;
const FP32 = 4;

const evaluation = (changed: Partial<Evaluation> = {}): Evaluation => ({
  per_device_eval_batch_size: 8,
  sequence_length: 2_000,
  keeps: "logits",
  batches: 4,
  eval_accumulation_steps: null,
  eval_do_concat_batches: true,
  batch_eval_metrics: false,
  max_new_tokens: 0,
  ...changed,
});

const evaluated = (each: Scenario, changed: Partial<Evaluation> = {}): RunMoment => {
  const asked = {
    evaluation: evaluation(changed),
    loading: "none",
    saving: "none",
    merge: "none",
    resumes: false,
  } as const;
  const { moments } = wholeRun(ENGINE, { scenario: each, step: estimated(ENGINE.estimate(each)), asked });
  const found = moments.find(({ id }) => id === "evaluate");
  if (found === undefined) throw new Error("the evaluation is a moment");
  return found;
};

const llama = scenario({ method: loraMethod() });
const gemma = scenario({ method: loraMethod(), architecture: { ...scenario().architecture, vocab_size: VOCABULARY } });

/** Logits of one batch as the trainer keeps them: fp32 behind autocast. */
const batchOf = ({ architecture }: Scenario): number => 8 * 2_000 * architecture.vocab_size * FP32;

const keptIn = ({ alive }: RunMoment): number => alive.find(({ name }) => name === "kept outputs")?.bytes ?? 0;

describe("evaluate", () => {
  test("16,000 tokens of a vocabulary of 256,000 in fp32 are the request of 15.26 GiB", () => {
    expect(batchOf(gemma) / 2 ** 30).toBeCloseTo(15.26, 2);
    expect(evaluated(gemma, { batches: 1 }).peakBytes).toBeGreaterThan(2.5 * batchOf(gemma));
  });

  test("goes on where a tuner adds to a loss that nobody asked the model for", () => {
    const method = loraMethod({ tuner: "adalora", r: 8 });
    const trl = { kind: "fused", kernel: "trl" } as const;
    const lora = loraMethod({ r: 8 });
    const [adaLora, plain] = [method, lora].map((each) => evaluated(scenario({ method: each, loss: trl })).peakBytes);
    expect((adaLora ?? 0) / (plain ?? 1)).toBeCloseTo(1, 1);
  });

  test.each<
    readonly [what: string, changed: Partial<Evaluation>, batches: Readonly<{ kept: number; further: number }>]
  >([
    ["concatenated: old result, new batch and new result are there together", {}, { kept: 2 * 4, further: 2 }],
    ["in a list", { eval_do_concat_batches: false }, { kept: 3, further: 1 }],
    ["sent to the host after each batch", { eval_accumulation_steps: 1 }, { kept: 0, further: 0 }],
    ["used batch by batch", { batch_eval_metrics: true }, { kept: 0, further: 0 }],
  ])("keeps logits, %s", (_, changed, { kept, further }) => {
    const moment = evaluated(llama, { ...changed, batches: 4 });
    expect(Math.round(keptIn(moment) / batchOf(llama))).toBe(kept);
    expect(Math.round((moment.perBatchBytes ?? 0) / batchOf(llama))).toBe(further);
  });

  test("grows by the same from the third batch on: a thousand follow from two", () => {
    const at = (batches: number): number => evaluated(llama, { batches }).peakBytes;
    expect(at(1_000) - at(900)).toBe(100 * (evaluated(llama).perBatchBytes ?? 0));
    expect(at(9) - at(8)).toBe(at(8) - at(7));
  });

  test("keeps next to nothing of the loss alone, however many batches there are, and of the argmax 8 B a token", () => {
    expect(
      evaluated(llama, { keeps: "loss", batches: 1_000 }).peakBytes -
        evaluated(llama, { keeps: "loss", batches: 1 }).peakBytes,
    ).toBeLessThan(2 ** 20);
    expect(evaluated(llama, { keeps: "argmax" }).perBatchBytes).toBeLessThan(4 * 8 * 16_000);
  });

  test("has optimizer states and no gradients; one GPU with transformers' own loss was run, others were read", () => {
    const { alive, basis } = evaluated(llama);
    expect(alive.map(({ name }) => name)).toContain("optimizer");
    expect(alive.map(({ name }) => name)).not.toContain("gradients");
    expect(basis).toBe("run");
    expect(evaluated({ ...llama, gpus: 4, sharding: "ddp" }).basis).toBe("read");
  });

  test("that generates has a cache of keys and values: layers x 2 x rows x width x tokens, and one tensor of a layer beside it", () => {
    const { num_hidden_layers: layers, num_key_value_heads: heads, head_dim } = llama.architecture;
    const moment = evaluated(llama, { keeps: "loss", max_new_tokens: 40_000 });
    const ofLayer = 2 * 8 * 42_000 * heads * head_dim * 2;
    expect(moment.alive.find(({ name }) => name === "KV cache")?.bytes).toBe((layers + 0.5) * ofLayer);
    expect(moment.basis).toBe("read");
    expect(moment.hostBytes).toBe(4 * 8 * 8 * (2_000 + 42_000));
  });

  test("sends logits to the host in fp32, with their labels", () => {
    expect(evaluated(llama, { batches: 3 }).hostBytes).toBe(3 * (batchOf(llama) + 8 * 16_000));
    expect(evaluated(llama, { keeps: "loss" }).hostBytes).toBe(0);
  });

  test("is the highest of the points of the trainer's loop, which ends with what was there before", () => {
    const points = evaluationPoints(ENGINE, { scenario: llama, evaluation: evaluation() });
    expect(points.map(({ point, batch }) => `${point} ${batch}`).slice(0, 4)).toEqual([
      "predict 1",
      "store 1",
      "next 1",
      "predict 2",
    ]);
    expect(Math.max(...points.map(({ peakBytes }) => peakBytes))).toBe(evaluated(llama).peakBytes);
    expect(points.at(-1)?.point).toBe("evaluated");
    expect(points.at(-1)?.liveBytes).toBe(evaluated(llama).liveBytes);
  });

  test.each<Partial<Scenario>>([
    { gpus: 4, sharding: "fsdp2" },
    { gpus: 4, sharding: "fsdp1" },
    { gpus: 4, sharding: "zero3" },
    { loss: { kind: "litgpt", longestFirst: false } },
    { loss: { kind: "fused", kernel: "liger" } },
    { loss: { kind: "chunked", chunks: 8 } },
    {
      loss: { kind: "chunked", chunks: "by-free-memory" },
      gpus: 8,
      sharding: "none",
      division: { tp_size: 8, sequence_parallel: false, cp_size: 1, pp_size: 1 },
    },
  ])("goes with %o", (changed) => {
    const { peakBytes, liveBytes } = evaluated({ ...llama, ...changed }, { keeps: "loss" });
    expect(peakBytes).toBeGreaterThan(liveBytes);
    expect(liveBytes).toBeGreaterThan(0);
  });
});
