import { describe, expect, test } from "vitest";
import type { AskedRun } from "#calc/model/whole-run.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { QWEN3_30B_A3B } from "../architectures.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { aliveAt, askedRun, momentOf } from "./asked-run.ts";

const LARGEST = 11008 * 4096;
/** One matrix alone is merged: nothing is freed before it. */
const ONE = { ...scenario().architecture, num_hidden_layers: 1 };
const TARGET = { target_modules: ["gate_proj"], r: 1 } as const;

/** What a merge adds, in bytes for each weight of the matrix. */
const perWeight = (
  method: Scenario["method"],
  merge: AskedRun["merge"] = "unload",
  patch: Partial<Scenario> = {},
): number => {
  const each = scenario({ architecture: ONE, method, ...patch });
  const { liveBytes, peakBytes } = momentOf(each, "merge", { merge });
  const adapters = (11008 + 4096) * (method.kind === "full" ? 0 : method.lora.adapters === "fp32" ? 4 : 2);
  return (peakBytes - liveBytes - adapters) / LARGEST;
};

const lora = (adapters: "bf16" | "fp32"): Scenario["method"] => loraMethod({ ...TARGET, adapters });
const qlora = (adapters: "bf16" | "fp32"): Scenario["method"] =>
  qloraMethod({
    lora: {
      ...TARGET,
      target_modules: [...TARGET.target_modules],
      lora_alpha: 2,
      lora_dropout: 0,
      use_dora: false,
      modules_to_save: [],
      adapters,
    },
  });

describe("merge", () => {
  test("into 16 bits has B A and its multiple", () => {
    expect(perWeight(lora("fp32"))).toBeCloseTo(8, 3);
    expect(perWeight(lora("bf16"))).toBeCloseTo(4, 3);
  });

  test("with safe_merge has a clone and the check beside: 11, 9, and 15 bytes over fp32", () => {
    expect(perWeight(lora("fp32"), "safe")).toBeCloseTo(11, 3);
    expect(perWeight(lora("bf16"), "safe")).toBeCloseTo(9, 3);
    expect(perWeight(lora("fp32"), "safe", { weights: "fp32" })).toBeCloseTo(15, 3);
  });

  test("into 4 bits is 14.6 bytes for each weight with fp32 adapters, 8.6 with bf16, 17 at the check", () => {
    expect(perWeight(qlora("fp32"))).toBeCloseTo(14.64, 2);
    expect(perWeight(qlora("bf16"))).toBeCloseTo(8.64, 2);
    expect(perWeight(qlora("fp32"), "safe")).toBeCloseTo(17, 2);
  });

  test("names what is alive at its highest", () => {
    const alive = aliveAt(
      momentOf(scenario({ architecture: ONE, method: qlora("fp32") }), "merge", { merge: "unload" }),
    );
    expect(alive["dequantised weight"]).toBe(2 * LARGEST);
    expect(alive["B A"]).toBe(4 * LARGEST);
    expect(alive["sum"]).toBe(4 * LARGEST);
    expect(alive["sum, on its way back from the host"]).toBe(4 * LARGEST);
  });

  test("leaves the model without adapters, and copies of modules_to_save in the place of what they copied", () => {
    const method = loraMethod({ modules_to_save: ["lm_head"] });
    const kept = momentOf(scenario({ method }), "save", { saving: "adapter" }).liveBytes;
    const { liveBytes } = momentOf(scenario({ method }), "merge", { merge: "unload" });
    const adapters = 32 * 16 * (4 * 2 * 4096 + 3 * (4096 + 11008)) * 4;
    expect(kept - liveBytes).toBe(adapters + 32000 * 4096 * 2);
  });

  test("leaves a tied head the embedding that modules_to_save copied", () => {
    const architecture = { ...ONE, tie_word_embeddings: true };
    const of = (modules_to_save: readonly string[]): number => {
      const each = scenario({ architecture, method: loraMethod({ ...TARGET, modules_to_save }), optim: "sgd" });
      return momentOf(each, "merge", { merge: "unload" }).liveBytes;
    };
    expect(of(["embed_tokens"]) - of([])).toBe(32000 * 4096 * 2);
  });

  test("into fused experts has the whole stack for n", () => {
    const architecture = { ...QWEN3_30B_A3B, num_hidden_layers: 1 };
    const method = loraMethod({ target_modules: ["q_proj"], target_parameters: ["experts.gate_up_proj"] });
    const { liveBytes, peakBytes } = momentOf(scenario({ architecture, method }), "merge", { merge: "unload" });
    expect((peakBytes - liveBytes) / (128 * 2 * 768 * 2048)).toBeGreaterThan(8);
  });

  test.each([
    ["full fine-tuning", scenario()],
    ["shards", scenario({ method: loraMethod(), gpus: 8, sharding: "fsdp2" })],
    ["a tuner whose merging nobody has read", scenario({ method: loraMethod({ tuner: "ia3" }) })],
  ])("is not there for %s", (_, each) => {
    expect(askedRun(each, { merge: "unload" })).not.toHaveProperty("merge");
  });
});
