import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { lora } from "../lora.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { qloraMethod, scenario } from "../scenario.ts";
import type { ModellingId, Scenario } from "#calc/model/scenario.ts";

/** Long enough that the layer at work decides the peak, not the loss. */
const TOKENS = 65_536;

const run = (modelling: ModellingId, patch: Partial<Scenario> = {}): Scenario =>
  scenario({
    modelling,
    method: qloraMethod(),
    attn_implementation: "flash",
    checkpointsOffloaded: true,
    loss: { kind: "fused", kernel: "liger" },
    sequence_length: TOKENS,
    ...patch,
  });

const peak = (each: Scenario): number => estimated(ENGINE.estimate(each)).peakBytes;
const perToken = (each: Scenario): number =>
  (peak(each) - peak({ ...each, sequence_length: TOKENS / 2 })) / (TOKENS / 2);

const { hidden_size: h, intermediate_size: f = 0 } = LLAMA_2_7B;
/** What x A takes, whose width is the rank. */
const LOW = 2 * lora().r;

describe("Unsloth's own layer", () => {
  test("is at its highest in the MLP's backward: gate, up and one gradient of their width, where transformers keeps more", () => {
    const own = perToken(run("unsloth"));
    expect(own).toBeGreaterThan(2 * 3 * f);
    expect(own).toBeLessThan(2 * (3 * f + 12 * h));
    expect(own).toBeLessThan(perToken(run("transformers")) - 2 * f);
  });

  test("before March 2025 made the adapter's part of that gradient whole first: one more tensor of the MLP's width", () => {
    expect(perToken(run("unsloth-2024")) - perToken(run("unsloth"))).toBe(2 * f + LOW);
  });

  test("keeps nothing of a layer on the card: half of the layers take as much for each token", () => {
    const shallow = { ...LLAMA_2_7B, num_hidden_layers: LLAMA_2_7B.num_hidden_layers / 2 };
    expect(perToken(run("unsloth", { architecture: shallow }))).toBe(perToken(run("unsloth")));
    const onCard = { checkpointsOffloaded: false };
    const ofInputs = perToken(run("unsloth", onCard)) - perToken(run("unsloth", { ...onCard, architecture: shallow }));
    expect(ofInputs).toBe((2 * h * LLAMA_2_7B.num_hidden_layers) / 2);
  });

  test("is not taken with dropout or DoRA: then the operations of transformers run", () => {
    const dropped = qloraMethod({ lora: lora({ lora_dropout: 0.1 }) });
    expect(perToken(run("unsloth", { method: dropped }))).toBeGreaterThan(perToken(run("unsloth")) + 2 * f);
    const dora = qloraMethod({ lora: lora({ use_dora: true }) });
    expect(perToken(run("unsloth", { method: dora }))).toBeGreaterThan(perToken(run("unsloth")) + 2 * f);
  });

  test("takes a base that is not quantised, too", () => {
    const method = { kind: "lora", lora: lora() } as const;
    // Without a dequantised weight beside the gradient, x A comes to stand at the peak.
    expect(perToken(run("unsloth", { method }))).toBe(perToken(run("unsloth")) + LOW);
  });
});
