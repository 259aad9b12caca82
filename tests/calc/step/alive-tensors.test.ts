import { stepTimeline } from "#calc/step/step-timeline.ts";
import { explainPeak, standingTensors } from "#calc/step/alive-tensors.ts";
import { describe, expect, test } from "vitest";
import { type AliveTensors, peakOf } from "#calc/model/timeline.ts";
import { ALLOCATED_TERM_IDS } from "#calc/model/terms.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { LLAMA_2_7B, GPT_2 } from "../architectures.ts";
import { evaluateFormula } from "../evaluate-formula.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";
import { explained } from "./explained.ts";
import { EXPLAINED } from "./explained-scenarios.ts";
import { runOnPaper } from "#calc/step/explained-step.ts";

const BLOCK_BYTES = 512;

const atPeak = (asked: Scenario): readonly AliveTensors[] => {
  const step = explained(asked);
  return explainPeak(WORKINGS, step, peakOf(stepTimeline(step)));
};

const sum = (rows: readonly AliveTensors[]): number => rows.reduce((total, { bytes }) => total + bytes, 0);

describe.each(EXPLAINED)("What is alive at the peak of %s", (_, asked) => {
  const step = explained(asked);
  const points = stepTimeline(step);
  const peak = peakOf(points);
  const rows = explainPeak(WORKINGS, step, peak);

  test("sums to the peak, to the byte, and term by term", () => {
    expect(sum(rows)).toBe(peak.bytes);
    expect(peak.bytes).toBe(step.estimate.peakBytes);
    for (const id of ALLOCATED_TERM_IDS) expect(sum(rows.filter(({ term }) => term === id))).toBe(peak.terms[id]);
  });

  test("has a formula in every row that gives its bytes, rounding to blocks apart", () => {
    for (const { formula, bytes, count, module } of rows)
      expect(Math.abs(evaluateFormula(formula) - bytes), module).toBeLessThanOrEqual(
        2 * count * BLOCK_BYTES + bytes * 1e-6,
      );
  });

  test("comes the largest first, each row with bytes and with as many tensors as layers at least", () => {
    expect(rows.map(({ bytes }) => bytes)).toEqual(
      rows.map(({ bytes }) => bytes).toSorted((one, other) => other - one),
    );
    for (const { bytes, count, layers } of rows) {
      expect(bytes).toBeGreaterThan(0);
      expect(count).toBeGreaterThanOrEqual(layers.length);
    }
  });

  test("sums to any other point of the step as well", () => {
    for (const point of points.filter((_each, index) => index % 7 === 0 || index > points.length - 4))
      expect(sum(explainPeak(WORKINGS, step, point))).toBe(point.bytes);
  });
});

describe("The rows of a Llama of five layers", () => {
  const SMALL = { ...LLAMA_2_7B, num_hidden_layers: 5 };
  const lora = scenario({
    architecture: SMALL,
    method: loraMethod({ r: 8 }),
    gradient_checkpointing: false,
    micro_batch_size: 2,
    sequence_length: 2048,
  });
  const rows = atPeak(lora);

  test("name the module, the operation, the shape with batch and length put in, and the layers", () => {
    const silu = rows.find(
      ({ module, op, term }) => module === "mlp.act_fn" && op === "silu" && term === "activations",
    );
    expect(silu).toMatchObject({ layers: [0, 1, 2, 3, 4], count: 5, dtype: "bf16", shape: [2, 2048, 11_008] });
    expect(silu?.bytes).toBe(5 * 2 * 2048 * 11_008 * 2);
  });

  test("have every weight of the model once, embeddings before the layers and the head after them", () => {
    const weights = rows.filter(({ term }) => term === "weights");
    const bytes = SMALL.vocab_size * SMALL.hidden_size * 2;
    expect(weights.find(({ module }) => module === "lm_head.weight")).toMatchObject({ bytes, layers: [5] });
    expect(weights.find(({ module }) => module === "embed_tokens.weight")).toMatchObject({ bytes, layers: [-1] });
    expect(weights.find(({ module }) => module === "self_attn.q_proj.weight")).toMatchObject({ count: 5 });
  });

  test("have the optimizer's states tensor by tensor, and cuBLAS's workspaces, one for each thread", () => {
    const states = rows.find(({ module, term }) => module === "mlp.down_proj.lora_A.weight" && term === "optimizer");
    expect(states?.op).toBe("adamw_torch_fused");
    expect(rows.find(({ module }) => module === "cuBLAS")?.bytes).toBe(2 * 8_519_680);
  });

  test("have buffers of the model, which are no parameters, in the formula of scratch memory", () => {
    const { formula } = explained(lora).estimate.terms.find(({ id }) => id === "workspace") ?? { formula: [] };
    expect(formula).toContainEqual(expect.objectContaining({ name: "bytes of buffers" }));
  });

  test("say of the batch that it is there, in no layer", () => {
    expect(rows.find(({ module }) => module === "input_ids")).toMatchObject({
      shape: [2, 2048],
      dtype: "int64",
      layers: [],
    });
  });

  test("say how quantised weights are stored, and that norms are not quantised", () => {
    const quantised = atPeak({ ...lora, method: qloraMethod() });
    const dtypeOf = (name: string): string | undefined =>
      quantised.find(({ module, term }) => module === name && term === "weights")?.dtype;
    expect(dtypeOf("self_attn.q_proj.weight")).toBe("nf4");
    expect(dtypeOf("input_layernorm.weight")).toBe("bf16");
  });
});

/** The base weights of a small model's step. */
const weightsOf = (patch: Partial<Scenario>): readonly AliveTensors[] => {
  const step = explained(scenario({ architecture: { ...GPT_2, num_hidden_layers: 2 }, ...patch }));
  return standingTensors(WORKINGS.optimizers, runOnPaper(WORKINGS, step)).filter(({ term }) => term === "weights");
};

test("Both embeddings of GPT-2 stand before the layers, its last norm after them", () => {
  const weights = weightsOf({});
  const layersOf = (name: string): unknown => weights.find(({ module }) => module === name)?.layers;
  expect(["wte.weight", "wpe.weight", "ln_1.weight", "ln_f.weight"].map(layersOf)).toEqual([[-1], [-1], [0, 1], [2]]);
});

test("Scales of other ranks' shards are the quantisation's, not a module's; a rank alone has none", () => {
  const scalesOn = (gpus: number): unknown =>
    weightsOf({ method: qloraMethod(), sharding: "zero3", gpus })
      .filter(({ module }) => module === "quantisation")
      .map(({ op, bytes }) => [op, bytes > 0]);
  expect(scalesOn(2)).toEqual([["scales of other ranks' shards", true]]);
  expect(scalesOn(1)).toEqual([["scales of other ranks' shards", false]]);
});
