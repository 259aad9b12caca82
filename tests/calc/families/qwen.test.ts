import { describe, expect, test } from "vitest";
import { allocated, BLOCK_BYTES } from "#calc/base/bytes.ts";
import { createEngine, type Engine } from "#calc/engine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Moment, MomentId } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Family } from "#calc/families/family.ts";
import { qwen } from "#calc/families/qwen.ts";
import { EVERYTHING } from "#calc/everything.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { loraMethod, scenario } from "../scenario.ts";

/** Qwen-7B; `intermediate_size` is the width of w1 and of w2, half of what its config.json says. */
const QWEN_7B: Architecture = {
  model_type: "qwen",
  num_hidden_layers: 32,
  hidden_size: 4096,
  num_attention_heads: 32,
  num_key_value_heads: 32,
  head_dim: 128,
  intermediate_size: 11_008,
  vocab_size: 151_936,
  tie_word_embeddings: false,
  max_position_embeddings: 8192,
  hidden_act: "silu",
};
const { hidden_size: h, intermediate_size: f = 0, num_attention_heads: a, vocab_size: V, head_dim: d } = QWEN_7B;
const TOKENS = 512;

const simulated = (layers: number, patch: Partial<Scenario>, engine: Engine = ENGINE): readonly Moment[] =>
  engine.simulate(
    scenario({ architecture: { ...QWEN_7B, num_hidden_layers: layers }, sequence_length: TOKENS, ...patch }),
  );

const highest = (moments: readonly Moment[], asked: MomentId): Moment => {
  const moment = moments.find(({ id }) => id === asked);
  if (moment === undefined) throw new Error(`a step has a moment ${asked}`);
  return moment;
};

/** What forward leaves of activations for backward. */
const activations = (layers: number, patch: Partial<Scenario>): number => {
  const { terms, peakBytes, liveBytes } = highest(simulated(layers, { autocast: false, ...patch }), "forward");
  expect(liveBytes).toBeLessThanOrEqual(peakBytes);
  return terms.activations;
};

test("Qwen-7B has the 7,721,324,544 parameters that are published", () => {
  expect(ENGINE.countParameters(QWEN_7B)).toBe(7_721_324_544);
});

test("LoRA finds Qwen's modules by the names that its own fine-tuning script gives", () => {
  expect(ENGINE.linearModuleNames(QWEN_7B).toSorted()).toEqual(["c_attn", "c_proj", "w1", "w2"]);
  expect(ENGINE.targetModules(QWEN_7B, "q-v")).toEqual(["c_attn"]);
  expect(ENGINE.targetModules(QWEN_7B, "attention")).toEqual(["c_attn", "attn.c_proj"]);
  expect(ENGINE.targetModules(QWEN_7B, "attention-mlp")).toEqual(["c_attn", "attn.c_proj", "w1", "w2", "mlp.c_proj"]);
});

describe("Of each token, in bf16", () => {
  test("a layer keeps what its modules save: no rotated copy in fp32, and the gate before and after SiLU", () => {
    // The input in fp32, its 1/rms, the normalised input and the output; twice.
    const norms = 2 * (4 * h + 4 + 2 * h + 2 * h);
    // Rotated queries and keys, c_attn's output for the values in it, the output; log-sum-exp of each head.
    const attention = 2 * h + 2 * h + 6 * h + 2 * h + 4 * a;
    // w1, w2, SiLU of w2, their product.
    const mlp = 4 * 2 * f;
    const plain = { gradient_checkpointing: false };
    expect((activations(3, plain) - activations(2, plain)) / TOKENS).toBe(norms + attention + mlp);
  });

  test("keys are rotated in fp32, beside queries that are in bf16 again", () => {
    // So few words and so narrow an MLP that a checkpointed layer's attention is the highest of forward.
    const architecture = { ...QWEN_7B, num_hidden_layers: 2, intermediate_size: 64, vocab_size: 64 };
    const { peakBytes, liveBytes } = highest(simulated(2, { architecture, autocast: false }), "forward");
    // The normalised input, c_attn's output, queries, keys before and after; at the end, the final norm's own in their place.
    const attention = 2 * h + 6 * h + 2 * h + 4 * h + 4 * h;
    const finalNorm = 4 * h + 2 * h + 2 * h;
    expect((peakBytes - liveBytes) / TOKENS / (attention - finalNorm)).toBeCloseTo(1, 1);
  });

  test("a checkpointed layer keeps its input, and all of them two rotary tables in fp32", () => {
    const kept = (layers: number): number => activations(layers, {}) / TOKENS;
    expect(kept(3) - kept(2)).toBe(2 * h);
    const finalNorm = 4 * h + 4 + 2 * h + 2 * h;
    const ids = 3 * 8;
    expect(kept(2)).toBe(2 * 2 * h + 2 * 4 * d + finalNorm + ids);
  });

  test("the loss keeps logits, a copy of them and the softmax; autocast casts them for the softmax, and for the caller", () => {
    const logitsOf = (patch: Partial<Scenario>): number => highest(simulated(2, patch), "forward").terms.logits;
    const scalars = 2 * BLOCK_BYTES;
    for (const rows of [1, 2]) {
      // The copies are without the last position; of one row that is no copy, neither of the logits nor of the labels.
      const all = rows * TOKENS * V;
      const shifted = rows * (TOKENS - 1) * V;
      const copies = rows > 1 ? allocated(2 * shifted) + allocated(8 * rows * (TOKENS - 1)) : 0;
      const besides = copies + scalars;
      expect(logitsOf({ micro_batch_size: rows, autocast: false })).toBe(2 * all + allocated(2 * shifted) + besides);
      expect(logitsOf({ micro_batch_size: rows })).toBe(2 * all + allocated(4 * shifted) + 4 * all + besides);
    }
  });
});

test("Qwen's code runs a checkpointed layer again to its output, where the Trainer's own stops before", () => {
  const type = qwen.model_types["qwen"];
  if (type === undefined) throw new Error("the family has a type of its name");
  const { checkpoint, ...forward } = type.forward;
  const own: Family = { ...qwen, model_types: { qwen: { ...type, forward } } };
  const families = EVERYTHING.families.map((family) => (family === qwen ? own : family));
  // So few words that a layer's backward is the highest, not that of the logits.
  const architecture = { ...QWEN_7B, num_hidden_layers: 2, vocab_size: 1024 };
  const patch = { architecture, method: loraMethod({ target_modules: ["c_attn"] }) };
  const backward = (engine: Engine): number => highest(simulated(2, patch, engine), "backward").peakBytes;
  expect(checkpoint).toBeDefined();
  expect(backward(ENGINE) - backward(createEngine({ ...EVERYTHING, families }))).toBe(2 * h * TOKENS);
});
