import { describe, expect, test } from "vitest";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Completions, RunMoment } from "#calc/model/whole-run.ts";
import { termOfName } from "#calc/run/device-memory.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { generationBytes } from "#calc/whole-run.ts";
import { drawnOf, SWEEP } from "../../swept.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { aliveAt, momentOf } from "./asked-run.ts";

const completions = (changed: Partial<Completions> = {}): Completions => ({
  rows: 8,
  promptTokens: 100,
  newTokens: 400,
  padded: false,
  ...changed,
});

const ofGrpo = (changed: Partial<Scenario> = {}): Scenario =>
  scenario({
    objective: "grpo",
    method: loraMethod(),
    packing: false,
    micro_batch_size: 8,
    sequence_length: 500,
    completion_length: 400,
    ...changed,
  });

const taken = (changed: Partial<Completions> = {}, of: Partial<Scenario> = {}): number =>
  generationBytes(ENGINE, { scenario: ofGrpo(of), completions: completions(changed) });

/** Keys and values of a token in all layers, 16 bits each. */
const bytesOfToken = ({ num_hidden_layers, num_key_value_heads, head_dim }: Scenario["architecture"]): number =>
  num_hidden_layers * 2 * num_key_value_heads * head_dim * 2;

describe("Completions that are generated before a step", () => {
  test("take a cache of every row and token, which more tokens and more rows make larger", () => {
    const { architecture } = ofGrpo();
    const cache = 8 * 499 * bytesOfToken(architecture);
    expect(taken()).toBeGreaterThan(cache);
    expect(taken({ newTokens: 4_000 }) - taken({ newTokens: 3_000 })).toBeGreaterThanOrEqual(
      8 * 1_000 * bytesOfToken(architecture),
    );
    expect(taken({ rows: 16 })).toBeGreaterThan(1.9 * taken());
  });

  test("keep 14 bytes for each row and entry of the vocabulary while a token is drawn", () => {
    const vocab_size = 1_000_000;
    const wide = { architecture: { ...ofGrpo().architecture, vocab_size } };
    const wider = { architecture: { ...ofGrpo().architecture, vocab_size: 2 * vocab_size } };
    expect(taken({ promptTokens: 1 }, wider) - taken({ promptTokens: 1 }, wide)).toBe(14 * 8 * vocab_size);
  });

  test("cast all weights in each forward where fp32 weights train under autocast", () => {
    const full = { method: { kind: "full" }, weights: "fp32", autocast: true } as const;
    const cast = taken({}, full) - taken({}, { ...full, weights: "bf16", autocast: false });
    const { hidden_size: h, intermediate_size: i = 0, num_hidden_layers, vocab_size, ...a } = ofGrpo().architecture;
    const ofHeads = 2 * (a.num_attention_heads + a.num_key_value_heads) * a.head_dim;
    const matrices = num_hidden_layers * h * (ofHeads + 3 * i) + h * vocab_size;
    expect(cast).toBeGreaterThan(2 * matrices);
  });

  test("of one token need no more than the prompt's forward and its logits", () => {
    expect(taken({ newTokens: 1 })).toBeLessThan(taken({ newTokens: 2_000 }));
    expect(taken({ newTokens: 1 })).toBeGreaterThan(0);
  });

  const LLAMA = FULL_CATALOG.models["llama-3.1-8b"]?.architecture ?? ofGrpo().architecture;

  test.each(["ddp", "zero2", "fsdp1", "fsdp2"] as const)(
    "have a cache of keys and values alone under %s",
    (sharding) => {
      expect(bytesOfToken(LLAMA)).toBe(131_072);
      for (const method of [{ kind: "full" } as const, loraMethod()]) {
        const of = ofGrpo({ architecture: LLAMA, gpus: 4, sharding, method });
        const alive = aliveAt(momentOf(of, "generate", { completions: completions() }));
        expect(alive["KV cache"], method.kind).toBe(8 * 498 * 131_072);
      }
    },
  );

  test.each([
    ["fsdp1", 2 * LLAMA.vocab_size + 1],
    ["fsdp2", LLAMA.vocab_size + 1],
  ] as const)(
    "have what %s leaves gathered outside the layers beside them while a token is drawn",
    (sharding, rows) => {
      const of = ofGrpo({ architecture: LLAMA, gpus: 4, sharding, method: { kind: "full" } });
      const many = completions({ rows: 4096, promptTokens: 1, newTokens: 2 });
      const { workspace, logits } = aliveAt(momentOf(of, "generate", { completions: many }));
      expect(logits).toBe(4 * 4096 * LLAMA.vocab_size * 4);
      expect(workspace).toBe(rows * LLAMA.hidden_size * 2);
    },
  );

  test("copy the experts that rows chose, once for each row and choice", () => {
    const found = FULL_CATALOG.models["qwen3-30b-a3b"]?.architecture;
    if (found === undefined) throw new Error("the catalog has it");
    const { num_experts_per_tok = 0, hidden_size, moe_intermediate_size = 0 } = found;
    const of = { architecture: { ...found, num_hidden_layers: 2 } };
    expect(taken({}, of)).toBeGreaterThan(8 * num_experts_per_tok * 3 * hidden_size * moe_intermediate_size * 2);
  });

  test("copy them in the type that ranks compute with", () => {
    const { architecture } = FULL_CATALOG.models["qwen3-30b-a3b"] ?? ofGrpo();
    const of = (weights: Scenario["weights"]): RunMoment => {
      const full = { architecture: { ...architecture, num_hidden_layers: 2 }, method: { kind: "full" } } as const;
      const shared = ofGrpo({ ...full, gpus: 4, sharding: "fsdp2", weights });
      return momentOf(shared, "generate", { completions: completions({ rows: 64 }) });
    };
    const experts = aliveAt(of("fp32"))["chosen experts"] ?? 0;
    expect(experts).toBeGreaterThan(0);
    expect(experts).toBe(aliveAt(of("bf16"))["chosen experts"]);
  });

  test("a window of attention bounds its layers' cache", () => {
    const found = FULL_CATALOG.models["gemma-3-4b"]?.architecture;
    if (found === undefined) throw new Error("the catalog has it");
    const growth =
      taken({ newTokens: 9_000 }, { architecture: found }) - taken({ newTokens: 8_000 }, { architecture: found });
    expect(growth).toBeLessThan(0.3 * 8 * 1_000 * bytesOfToken(found));
  });

  test("are a moment between steps: adapters, states and a copy as reference stand by", () => {
    const moment = momentOf(ofGrpo({ reference: "copy" }), "generate", { completions: completions() });
    const alone = momentOf(ofGrpo(), "generate", { completions: completions() });
    const alive = aliveAt(moment);
    expect(alive.optimizer ?? 0).toBeGreaterThan(0);
    expect((alive.weights ?? 0) / (aliveAt(alone).weights ?? 1)).toBeCloseTo(2, 1);
    expect(Object.keys(alive).filter((name) => termOfName(name) === null)).toEqual([]);
    expect(moment.basis).toBe("run");
  });

  test("gather all weights with DeepSpeed's stage 3", () => {
    const shared = { gpus: 8, sharding: "zero3" } as const;
    const moment = momentOf(ofGrpo(shared), "generate", { completions: completions() });
    const alone = momentOf(ofGrpo(), "generate", { completions: completions() });
    const { weights = 0, adapters = 0 } = aliveAt(alone);
    // DeepSpeed keeps adapters in bf16, which one GPU has in fp32.
    expect(aliveAt(moment)["whole parameters"]).toBe(weights + adapters / 2);
    expect(moment.basis).toBe("read");
  });

  test("have no more than a cache of a few bytes, which no logits of another type diminish", () => {
    const of = ofGrpo({ gpus: 4, sharding: "zero2", method: { kind: "full" }, autocast: true });
    const few = completions({ promptTokens: 1, newTokens: 2 });
    const cache = aliveAt(momentOf(of, "generate", { completions: few }))["KV cache"];
    expect(cache).toBe(8 * 2 * bytesOfToken(of.architecture));
  });

  test.each([{ kind: "full" } as const, loraMethod()])("have DeepSpeed's types whatever is loaded: $kind", (method) => {
    for (const sharding of ["zero2", "zero3"] as const) {
      const of = (weights: Scenario["weights"], autocast: boolean): RunMoment =>
        momentOf(ofGrpo({ method, gpus: 4, sharding, weights, autocast }), "generate", { completions: completions() });
      expect(of("fp32", true)).toEqual(of("bf16", false));
    }
  });
});

/** The first model of each type. */
const ONE_EACH = Object.entries(FULL_CATALOG.models).filter(
  ([, { architecture }], index, all) =>
    all.findIndex(([, other]) => other.architecture.model_type === architecture.model_type) === index,
);

test.each(drawnOf(ONE_EACH))(
  "%s generates with each kind of attention, padded and not",
  SWEEP,
  (_, { architecture }) => {
    for (const attn_implementation of ["sdpa", "eager", "math"] as const)
      for (const padded of [false, true])
        for (const newTokens of [20, 9_000])
          expect(taken({ padded, newTokens }, { architecture, attn_implementation })).toBeGreaterThan(0);
  },
);
