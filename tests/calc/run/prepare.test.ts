import { describe, expect, test } from "vitest";
import { QWEN3_30B_A3B } from "../architectures.ts";
import { lora } from "../lora.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { aliveAt, askedRun, momentOf } from "./asked-run.ts";

const GIB = 2 ** 30;
const DEVICE = { loading: "device" } as const;

/** The last two are A and B of down_proj: A's cast stands beside A, and B is still in 16 bits. */
const LAST_CAST = 11008 * 16 * 2 + 4096 * 16 * 2 - 4096 * 16 * 4;

describe("prepare", () => {
  test("is not there where nothing happens: full fine-tuning", () => {
    expect(askedRun(scenario(), DEVICE)).not.toHaveProperty("prepare");
  });

  test("in fp32 doubles the fused experts that bitsandbytes left in 16 bits: Qwen3-30B-A3B grows from 56 to 111 GiB", () => {
    const method = qloraMethod({ kbitPreparation: "fp32", lora: lora({ target_modules: ["q_proj", "v_proj"] }) });
    const qwen = scenario({ architecture: QWEN3_30B_A3B, method });
    expect(momentOf(qwen, "loading", DEVICE).liveBytes / GIB).toBeCloseTo(55.62, 2);
    expect(momentOf(qwen, "prepare", DEVICE).peakBytes / GIB).toBeCloseTo(111.38, 2);
  });

  test("in fp32 has the largest parameter beside its cast: the embedding", () => {
    const method = qloraMethod({ kbitPreparation: "fp32" });
    const { liveBytes, peakBytes, basis } = momentOf(scenario({ method }), "prepare", DEVICE);
    expect(peakBytes).toBeGreaterThan(liveBytes);
    const loaded = momentOf(scenario({ method }), "loading", DEVICE).liveBytes;
    expect(peakBytes - loaded).toBeLessThan(32000 * 4096 * 8 + 200e6);
    expect(basis).toBe("run");
  });

  test("none leaves all as it is, and adds adapters", () => {
    const method = qloraMethod();
    const { liveBytes, peakBytes } = momentOf(scenario({ method }), "prepare", DEVICE);
    const adapters = 32 * 16 * (4 * 2 * 4096 + 3 * (4096 + 11008)) * 4;
    expect(liveBytes - momentOf(scenario({ method }), "loading", DEVICE).liveBytes).toBe(adapters);
    expect(peakBytes - liveBytes).toBe(LAST_CAST);
  });

  test("beside int8 an adapter is made in fp32 at once", () => {
    const method = qloraMethod({ quantization: { kind: "bnb-8bit" } });
    const { liveBytes, peakBytes } = momentOf(scenario({ method }), "prepare", DEVICE);
    expect(peakBytes).toBe(liveBytes);
  });

  test("beside 16-bit weights an adapter is 16-bit first, and cast to fp32 beside itself", () => {
    const { liveBytes, peakBytes, alive } = momentOf(scenario({ method: loraMethod() }), "prepare", DEVICE);
    expect(peakBytes - liveBytes).toBe(LAST_CAST);
    expect(Object.keys(aliveAt({ alive } as never))).not.toContain("adapters on the host");
  });

  test("copies modules_to_save whole", () => {
    const method = loraMethod({ modules_to_save: ["lm_head"] });
    const alive = aliveAt(momentOf(scenario({ method }), "prepare", DEVICE));
    expect(alive["copies of modules_to_save"]).toBe(32000 * 4096 * 2);
  });

  test("TRL's casts embeddings and head back: what stays is less than under fp32", () => {
    const [fp32, trl] = (["fp32", "trl"] as const).map((kbitPreparation) =>
      momentOf(scenario({ method: qloraMethod({ kbitPreparation }) }), "prepare", DEVICE),
    );
    expect((fp32?.liveBytes ?? 0) - (trl?.liveBytes ?? 0)).toBeGreaterThan(2 * 32000 * 4096 * 2);
    expect(trl?.basis).toBe("read");
  });

  test("of shards is part of loading", () => {
    const sharded = scenario({ gpus: 8, sharding: "fsdp2", method: loraMethod() });
    expect(askedRun(sharded, DEVICE)).not.toHaveProperty("prepare");
  });
});
