import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { NF4, qloraMethod, scenario, loraMethod } from "../scenario.ts";
import { aliveAt, askedRun, momentOf } from "./asked-run.ts";
import { QWEN3_30B_A3B } from "../architectures.ts";
import { lora } from "../lora.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";

const architectureOf = (id: string): Architecture => {
  const found = FULL_CATALOG.models[id]?.architecture;
  if (found === undefined) throw new Error(`the catalog has ${id}`);
  return found;
};

const GIB = 2 ** 30;
const QWEN = architectureOf("qwen3-30b-a3b");
const DEVICE = { loading: "device" } as const;

/** Gates and ups of one layer of Qwen3-30B-A3B, in 16 bits. */
const GATE_UP = 128 * 2 * 768 * 2048 * 2;

describe("loading", () => {
  test("is not there unless it is asked for", () => {
    expect(askedRun(scenario(), {})).not.toHaveProperty("loading");
  });

  test("of a dense model takes what stays, whatever is read first", () => {
    const { liveBytes, peakBytes, alive, basis } = momentOf(scenario(), "loading", DEVICE);
    expect(peakBytes).toBe(liveBytes);
    expect(alive.map(({ name }) => name)).toEqual(["weights", "buffers"]);
    expect(basis).toBe("run");
  });

  test.each(["zero3", "fsdp1", "fsdp2"] as const)(
    "of parameters without bytes, in shards of %s, is finite",
    (sharding) => {
      const of = scenario({ weights: 0, gpus: 2, sharding });
      const { liveBytes, peakBytes } = momentOf(of, "loading", DEVICE);
      expect(liveBytes).toBeGreaterThanOrEqual(0);
      expect(peakBytes).toBeGreaterThanOrEqual(liveBytes);
    },
  );

  test("stacks experts beside twice the largest: stacks of gates and ups, and both as one", () => {
    const { liveBytes, peakBytes, alive } = momentOf(scenario({ architecture: QWEN }), "loading", DEVICE);
    expect(liveBytes / GIB).toBeCloseTo(56.87, 2);
    // What comes after the last layer's experts is a router, attention and norms.
    expect(peakBytes - liveBytes).toBeGreaterThan(0.95 * GATE_UP);
    expect(peakBytes - liveBytes).toBeLessThan(GATE_UP);
    expect(aliveAt({ alive } as never)["stacks of experts"]).toBe(GATE_UP);
  });

  test("leaves experts as they are where the checkpoint or the code does", () => {
    const gptOss = scenario({ architecture: { ...architectureOf("gpt-oss-20b"), num_hidden_layers: 2 } });
    const older = scenario({ architecture: { ...QWEN, num_hidden_layers: 2 }, modelling: "torchtune" });
    for (const each of [gptOss, older]) {
      const { liveBytes, peakBytes } = momentOf(each, "loading", DEVICE);
      expect(peakBytes).toBe(liveBytes);
    }
  });

  test("in 4 bits has one matrix in 16 bits, and what it is packed to: nothing near the 16-bit model", () => {
    const { liveBytes, peakBytes, alive } = momentOf(scenario({ method: qloraMethod() }), "loading", DEVICE);
    const largest = 11008 * 4096;
    expect(aliveAt({ alive } as never)["matrix before it is quantised"]).toBe(2 * largest);
    expect(peakBytes - liveBytes).toBeLessThan(2.2 * largest);
    expect(peakBytes).toBeLessThan(0.3 * momentOf(scenario(), "loading", DEVICE).peakBytes);
  });

  test("in 8 bits has the matrix twice in 16 bits, and once in 8", () => {
    const method = qloraMethod({ quantization: { kind: "bnb-8bit" } });
    const alive = aliveAt(momentOf(scenario({ method }), "loading", DEVICE));
    const largest = 11008 * 4096;
    expect([alive["matrix before it is quantised"], alive["matrix in fp16"]]).toEqual([2 * largest, 2 * largest]);
  });

  test("says the warm-up block apart: what a matrix will take, without statistics; none where weights are made on the host", () => {
    const method = qloraMethod({ quantization: NF4 });
    const full = momentOf(scenario(), "loading", DEVICE);
    const packed = momentOf(scenario({ method }), "loading", DEVICE);
    expect(full.warmUpBytes).toBe(6_738_415_616 * 2);
    const linears = 32 * (4 * 4096 ** 2 + 3 * 4096 * 11008);
    expect(packed.warmUpBytes).toBe((6_738_415_616 - linears) * 2 + linears / 2);
    expect(packed.peakBytes).toBeGreaterThan(packed.warmUpBytes ?? 0);
    expect(momentOf(scenario(), "loading", { loading: "host" }).warmUpBytes).toBeUndefined();
  });

  test("on the host has the model there; a quantised one is made on the device whatever is asked", () => {
    const onHost = momentOf(scenario(), "loading", { loading: "host" });
    expect(onHost.hostBytes).toBe(6_738_415_616 * 2);
    expect(onHost.peakBytes).toBe(momentOf(scenario(), "loading", DEVICE).peakBytes);
    expect(momentOf(scenario({ method: qloraMethod() }), "loading", { loading: "host" }).hostBytes).toBe(0);
  });

  test.each(["fsdp1", "fsdp2", "zero3"] as const)(
    "of shards (%s) has more than them for a moment, and was only read",
    (sharding) => {
      const { liveBytes, peakBytes, alive, basis } = momentOf(scenario({ gpus: 8, sharding }), "loading", DEVICE);
      expect(peakBytes).toBeGreaterThan(liveBytes);
      expect(alive.map(({ name }) => name)).toContain("whole parameters");
      expect(basis).toBe("read");
    },
  );

  test("of shards of a quantised base has all of it first", () => {
    const sharded = scenario({ gpus: 8, sharding: "fsdp2", method: qloraMethod() });
    const alone = momentOf(scenario({ method: qloraMethod() }), "loading", DEVICE);
    expect(momentOf(sharded, "loading", DEVICE).peakBytes).toBe(alone.peakBytes);
  });

  test("is made once for all steps of a model, and again for another base", () => {
    const ofStep = (changed: Partial<Scenario>) => momentOf(scenario(changed), "loading", { loading: "device" });
    // Of a step that no other test asks for: a whole run is remembered longer than its loading.
    const first = ofStep({ gradient_accumulation_steps: 91 });
    expect(ofStep({ sequence_length: 77, micro_batch_size: 3, gradient_checkpointing: false })).toBe(first);
    expect(ofStep({ weights: "fp32" }).peakBytes).toBeGreaterThan(first.peakBytes);
  });
});

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

const RESUMES = { resumes: true } as const;

describe("resume", () => {
  test("has the optimizer states before the first step, once", () => {
    const each = scenario({ method: loraMethod() });
    const { liveBytes, peakBytes, alive, basis, hostBytes } = momentOf(each, "resume", RESUMES);
    const states = estimated(ENGINE.estimate(each)).terms.find(({ id }) => id === "optimizer")?.bytes;
    expect(aliveAt({ alive } as never)["optimizer"]).toBe(states);
    expect(peakBytes).toBe(liveBytes);
    expect(hostBytes).toBe(states);
    expect(basis).toBe("run");
  });

  test("comes before the step", () => {
    expect(Object.keys(askedRun(scenario(), RESUMES))).toEqual(["resume", "step"]);
  });

  test("of several ranks takes the file's states over, and has them twice where their type is not the parameter's", () => {
    const ranks = { gpus: 4, sharding: "ddp", method: loraMethod({ adapters: "bf16" }) } as const;
    const same = momentOf(scenario(ranks), "resume", RESUMES);
    expect(same.peakBytes).toBe(same.liveBytes);
    const cast = momentOf(scenario({ ...ranks, optimizerStates: "fp32" }), "resume", RESUMES);
    expect(cast.peakBytes - cast.liveBytes).toBe(aliveAt(cast)["optimizer"]);
    expect(cast.basis).toBe("read");
  });
});

test("a resumed pipeline whose loss goes by free memory is answered", () => {
  const pipeline = scenario({
    gpus: 2,
    division: { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 2 },
    gradient_accumulation_steps: 2,
    loss: { kind: "chunked", chunks: "by-free-memory" },
  });
  expect(momentOf(pipeline, "resume", { resumes: true }).peakBytes).toBeGreaterThan(0);
});

const FULL = { saving: "full" } as const;
const SAVE_QWEN = scenario({ architecture: QWEN3_30B_A3B, method: loraMethod({ target_modules: ["q_proj"] }) });

const added = (each: Scenario, saving: "adapter" | "full" | "sharded"): number => {
  const { liveBytes, peakBytes } = momentOf(each, "save", { saving });
  return peakBytes - liveBytes;
};

describe("save", () => {
  test("comes after a step: weights, adapters and states are there, gradients are not", () => {
    const each = scenario({ method: loraMethod() });
    const { liveBytes, alive } = momentOf(each, "save", FULL);
    expect(liveBytes).toBe(estimated(ENGINE.estimate(each)).moments.at(-1)?.liveBytes);
    expect(alive.map(({ name }) => name).toSorted()).toEqual([
      "adapters",
      "buffers, batch, workspaces",
      "optimizer",
      "weights",
    ]);
  });

  test("of a dense model, of adapters and of shards takes nothing more", () => {
    expect(added(scenario(), "full")).toBe(0);
    expect(added(SAVE_QWEN, "adapter")).toBe(0);
    expect(added(scenario({ gpus: 8, sharding: "fsdp2" }), "sharded")).toBe(0);
  });

  test("of Qwen3-30B-A3B has all gates and ups a second time: + 36.0 GiB, two thirds of the experts", () => {
    expect(added(SAVE_QWEN, "full") / GIB).toBeCloseTo(36, 5);
    const alive = aliveAt(momentOf(SAVE_QWEN, "save", FULL));
    expect(alive["gates and ups of experts, apart"]).toBe(48 * 128 * 2 * 768 * 2048 * 2);
  });

  test("after k-bit preparation has them in fp32: twice that", () => {
    const prepared = { ...SAVE_QWEN, method: qloraMethod({ kbitPreparation: "fp32" }) };
    expect(added(prepared, "full") / GIB).toBeCloseTo(72, 5);
  });

  test("of shards gathers a parameter (FSDP 2), twice a unit (FSDP 1), a module (ZeRO-3); the first rank's host gets all", () => {
    const of = (sharding: Scenario["sharding"]): number => added(scenario({ gpus: 8, sharding }), "full");
    const embedding = 32000 * 4096;
    expect(of("fsdp2")).toBe(4 * embedding);
    expect(of("fsdp1")).toBe(2 * 4 * (2 * embedding + 4096));
    expect(of("zero3")).toBe(2 * embedding);
    const { hostBytes, basis } = momentOf(scenario({ gpus: 8, sharding: "fsdp2" }), "save", FULL);
    expect(hostBytes).toBeGreaterThan(13e9);
    expect(basis).toBe("read");
  });

  test("is not there unless it is asked for", () => {
    expect(askedRun(scenario(), {})).not.toHaveProperty("save");
  });
});
