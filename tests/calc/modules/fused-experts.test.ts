import { describe, expect, test } from "vitest";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { AliveTensors, TimelinePoint } from "#calc/model/timeline.ts";
import type { Lora, QuantizedExperts, Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { QWEN3_30B_A3B } from "../architectures.ts";
import { lora } from "../lora.ts";
import { qloraMethod, scenario } from "../scenario.ts";

const LAYERS = 3;
const ARCHITECTURE: Architecture = { ...QWEN3_30B_A3B, num_hidden_layers: LAYERS, vocab_size: 512 };
/** Bytes of the two parameters of a layer in 16 bits: 2g and 2o. */
const GATE_UP = 2 * 128 * 1536 * 2048;
const DOWN = GATE_UP / 2;

const SAVED: QuantizedExperts = { stored: "4bit", read: "saved" };
const REBUILT: QuantizedExperts = { stored: "4bit", read: "rebuilt" };

const run = (experts: QuantizedExperts, patch: Partial<Scenario> = {}, adapted: Partial<Lora> = {}): Scenario =>
  scenario({
    architecture: ARCHITECTURE,
    method: qloraMethod({ lora: lora({ r: 4, target_modules: ["q_proj"], ...adapted }), experts }),
    sequence_length: 128,
    ...patch,
  });

/** Tensors alive at a point of the step: the highest of the last layer's forward, its end, or wherever backward is highest. */
const aliveAt = (
  asked: Scenario,
  at: "top of a layer" | "end of layers" | "top of backward",
): readonly AliveTensors[] => {
  const estimate = estimated(ENGINE.estimate(asked));
  const step = ENGINE.explainedStep({ scenario: asked, estimate });
  if (step === null) throw new Error("a step is run");
  const points = ENGINE.timeline(step);
  const ofLastLayer = (where: TimelinePoint["at"]): TimelinePoint | undefined =>
    points.find((point) => point.phase === "forward" && point.layer === LAYERS - 1 && point.at === where);
  const backwards = points.filter(({ phase }) => phase === "backward");
  const chosen = {
    "top of a layer": ofLastLayer("highest"),
    "end of layers": ofLastLayer("end"),
    "top of backward": backwards.toSorted((one, other) => other.bytes - one.bytes)[0],
  }[at];
  if (chosen === undefined) throw new Error(at);
  return ENGINE.explainPeak(step, chosen);
};

/** Bytes of whole parameters in 16 bits, by the term that they count in. */
const weightsAt = (...asked: Parameters<typeof aliveAt>): Readonly<Record<string, number>> => {
  const bytes: Record<string, number> = {};
  for (const { op, module, term, bytes: each, shape } of aliveAt(...asked))
    if (/dequantize|recompute backward|add/.test(op) && module.endsWith("experts") && shape[0] === 128)
      bytes[term] = (bytes[term] ?? 0) + each;
  return bytes;
};

describe("experts that autograd saves (parametrize)", () => {
  test("stay in 16 bits in every layer until backward, without checkpointing", () => {
    expect(weightsAt(run(SAVED, { gradient_checkpointing: false }), "end of layers")).toEqual({
      activations: LAYERS * (GATE_UP + DOWN),
    });
  });

  test("are gone after each layer's forward under checkpointing, and those of one layer are back in backward", () => {
    expect(weightsAt(run(SAVED), "top of a layer")).toEqual({ workspace: GATE_UP + DOWN });
    expect(weightsAt(run(SAVED), "end of layers")).toEqual({});
    expect(weightsAt(run(SAVED), "top of backward")).toEqual({ activations: GATE_UP + DOWN });
  });

  test("are saved as 16-bit experts plus their update, whose gradient is as large, where they have adapters", () => {
    const plain = estimated(ENGINE.estimate(run(SAVED))).peakBytes;
    const target_parameters = ["experts.gate_up_proj", "experts.down_proj"];
    const adapted = estimated(ENGINE.estimate(run(SAVED, {}, { target_parameters }))).peakBytes;
    expect(adapted - plain).toBeGreaterThan(GATE_UP + DOWN);
  });
});

describe("experts that are rebuilt (Unsloth)", () => {
  test.each([true, false])("are kept by no layer; checkpointing: %s", (gradient_checkpointing) => {
    expect(weightsAt(run(REBUILT, { gradient_checkpointing }), "end of layers")).toEqual({});
  });

  test("take the larger parameter of one layer for a moment", () => {
    expect(weightsAt(run(REBUILT), "top of backward")).toEqual({ workspace: GATE_UP });
  });

  test("take no parameter more for adapters, of which every expert has its own", () => {
    const target_parameters = ["experts.gate_up_proj", "experts.down_proj"];
    const plain = estimated(ENGINE.estimate(run(REBUILT)));
    const adapted = estimated(ENGINE.estimate(run(REBUILT, {}, { target_parameters })));
    const own = (adapted.trainableParams - plain.trainableParams) * 16;
    expect(adapted.peakBytes - plain.peakBytes).toBeLessThan(own + DOWN);
  });

  test.each([{ model_type: "gpt_oss" }, { hidden_act: "gelu" }, { model_type: "llama4" }])(
    "are kept by no layer with a gate, biases or experts of the model's own: %j",
    (patch) => {
      const architecture = { ...ARCHITECTURE, ...patch };
      const kept = (experts: QuantizedExperts) =>
        weightsAt(run(experts, { architecture, gradient_checkpointing: false }), "end of layers");
      expect(kept(SAVED)).toEqual({ activations: LAYERS * (GATE_UP + DOWN) });
      expect(kept(REBUILT)).toEqual({});
    },
  );
});

describe("packed experts", () => {
  test("are held in a quarter of what they take in 16 bits", () => {
    const weightsOf = (asked: Scenario): number =>
      estimated(ENGINE.estimate(asked)).terms.find(({ id }) => id === "weights")?.bytes ?? 0;
    const { experts: _, ...left } = qloraMethod({ lora: lora({ r: 4, target_modules: ["q_proj"] }), experts: SAVED });
    const saved = weightsOf(run(SAVED, { method: left })) - weightsOf(run(SAVED));
    expect(saved / (LAYERS * (GATE_UP + DOWN))).toBeCloseTo(1 - 0.515869 / 2, 4);
  });

  test("have scales that every rank of FSDP keeps whole, those of int8 none of 4 bits", () => {
    const onEach = (stored: QuantizedExperts["stored"]): number =>
      estimated(ENGINE.estimate(run({ stored, read: "saved" }, { gpus: 4, sharding: "fsdp2" }))).terms.find(
        ({ id }) => id === "weights",
      )?.bytes ?? 0;
    const share = (LAYERS * (GATE_UP + DOWN)) / 2 / 4;
    expect(onEach("8bit") - onEach("4bit")).toBeLessThan(share);
  });
});
