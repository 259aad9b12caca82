import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CUDA } from "#calc/base/machine.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { tried } from "../../tried.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { alone, arbitraryScenario } from "./arbitrary-scenario.ts";
import { peakOf, runOf } from "./known-run.ts";
import { liveBytes } from "./live-bytes.ts";

const WAYS: Readonly<Record<string, Partial<Scenario>>> = {
  full: { method: { kind: "full" } },
  "full, fp32 weights, for-each AdamW": { method: { kind: "full" }, weights: "fp32", optim: "adamw_torch" },
  "LoRA without checkpointing": { method: loraMethod({ r: 8 }), gradient_checkpointing: false },
  "LoRA, some layers checkpointed": { method: loraMethod({ r: 8 }), selective: 2 },
  "LoRA over four micro steps": { method: loraMethod({ r: 8 }), gradient_accumulation_steps: 4 },
  "LoRA, loss in chunks": { method: loraMethod({ r: 8 }), loss: { kind: "chunked", chunks: 8 } },
  "LoRA, adamw_8bit": { method: loraMethod({ r: 64 }), optim: "adamw_bnb_8bit" },
  QLoRA: { method: qloraMethod({ kbitPreparation: "fp32" }), micro_batch_size: 2 },
};

describe("a run as the allocator sees it", () => {
  test.each(Object.entries(WAYS))("%s: its second step takes what the estimate says, and leaves nothing", (_, way) => {
    const of = scenario(way);
    const { loaded, afterFirst, peaks, afterLast } = liveBytes(runOf(of));
    expect(peaks).toEqual([peakOf(of)]);
    expect(afterLast).toBe(afterFirst);
    expect(afterFirst).toBeGreaterThanOrEqual(loaded + CUDA.cublasWorkspaceBytes);
  });

  tried("takes what the estimate says, whatever the scenario", { quick: 60, thorough: 600 }, (runs) => {
    fc.assert(
      fc.property(arbitraryScenario.map(alone), (of) => {
        const run = ENGINE.allocatorRun(of);
        if (run !== null) expect(Math.max(...liveBytes(run).peaks)).toBe(peakOf(of));
      }),
      runs,
    );
  });

  test("goes through a longer batch without another run of the layers on paper", () => {
    const short = scenario({ sequence_length: 512 });
    const long = scenario({ sequence_length: 4096 });
    expect([...runOf(long).first.events]).toEqual([...runOf(short).first.events]);
    expect(liveBytes(runOf(long)).peaks).toEqual([peakOf(long)]);
  });

  test("makes the optimizer's states in the first step, tensor by tensor and layer by layer", () => {
    const { storages, first, steps } = runOf(scenario({ method: { kind: "full" }, optim: "adamw_torch" }));
    const [step] = steps;
    const made = new Set(step?.events.filter((event) => event >= 0));
    const kept = [...first.events].filter((event) => event >= 0 && !made.has(event));
    // Two workspaces, then two moments of each tensor.
    const bytes = kept.map((storage) => first.bytes[storage]);
    expect(bytes.slice(0, 2)).toEqual([CUDA.cublasWorkspaceBytes / 2, CUDA.cublasWorkspaceBytes / 2]);
    expect(bytes.slice(2, 4)).toEqual([bytes[2], bytes[2]]);
    // 32 layers of nine tensors; embeddings, final norm and head.
    expect(bytes).toHaveLength(2 + 2 * (32 * 9 + 3));
    expect(storages).toBe(first.bytes.length);
  });

  test.each<readonly [string, Partial<Scenario>]>([
    ["with the optimizer in host memory", { offload: "optimizer" }],
    ["of a base that GPTQ has quantised", { method: qloraMethod({ quantization: { kind: "gptq" } }) }],
    ["of states in bytes a parameter", { optimizerStates: 3 }],
    ["of gradients in a type of their own", { method: { kind: "full" }, gradients: "fp32" }],
    ["of the flat accounting", { accounting: "bytes-per-parameter" }],
  ])("there is none %s", (_, way) => {
    expect(ENGINE.allocatorRun(scenario(way))).toBeNull();
  });
});
