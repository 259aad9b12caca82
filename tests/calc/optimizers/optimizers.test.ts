import { describe, expect, test } from "vitest";
import { CUDA, FAKE_TENSORS, type Machine } from "#calc/base/machine.ts";
import { optimizerStates, optimizerTemporaries } from "#calc/optimizers/optimizer.ts";
import { trainedTensors, type TrainedTensor } from "#calc/parameters/parameter-tensors.ts";
import { stepInputOf } from "#calc/step/gpu-holdings.ts";
import { ALL_OPTIMIZERS } from "#calc/optimizers/all-optimizers.ts";
import type { OptimizerId, Scenario } from "#calc/model/scenario.ts";
import { firstLayers } from "../parallel/mixed-layers.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";

const matrix = (patch: Partial<TrainedTensor> = {}): TrainedTensor => ({
  name: "mlp.up_proj.weight",
  shape: [11_008, 4096],
  elements: 11_008 * 4096,
  count: 1,
  role: "linear",
  layerKind: "decoder",
  parameterBytes: 2,
  gradientBytes: 2,
  stateBytes: 2,
  isStateOverridden: false,
  ...patch,
});
const N = 11_008 * 4096;
const statesOf = (optim: OptimizerId, tensor = matrix()): number => ALL_OPTIMIZERS[optim].states([tensor]).bytes;
const temporariesOf = (optim: OptimizerId, tensor = matrix()): number =>
  ALL_OPTIMIZERS[optim].temporaries([tensor]).bytes;

describe("Optimizer states of a bf16 matrix", () => {
  test.each([
    ["adamw_torch", 2 * 2 * N],
    ["adamw_torch_fused", 2 * 2 * N],
    ["adamw_bnb_8bit", 2 * (N + (N / 256) * 4)],
    ["paged_adamw_8bit", 2 * ((N / 256) * 4)],
    ["paged_adamw_32bit", 0],
    ["adamw_torch_8bit", 2 * (N + (N / 256) * 4)],
    ["adamw_torch_4bit", 2 * (N / 2 + (N / 128) * 4)],
    ["adamw_apex_fused", 2 * 4 * N],
    ["lomo", 0],
    ["adalomo", 4 * 11_008 + 4 * 4096],
    ["adamw_in_backward", 2 * 2 * N],
    ["adamw_bnb_8bit_in_backward", 2 * (N + (N / 256) * 4)],
    ["paged_adamw_8bit_in_backward", 2 * ((N / 256) * 4)],
    ["paged_adamw_32bit_in_backward", 0],
    ["adafactor", 2 * 11_008 + 2 * 4096],
    ["lion", 2 * N],
    ["sgd", 0],
    ["sgd_momentum", 2 * N],
    ["galore_adamw", 2 * 2 * 128 * 11_008 + 2 * 128 * 4096],
    ["apollo_adamw", 2 * 2 * 128 * 11_008],
    ["muon", 2 * N],
  ] as const)("%s keeps %i bytes", (optim, expected) => {
    expect(statesOf(optim)).toBe(expected);
  });
});

describe("The step", () => {
  test("for-each AdamW needs one more copy of all parameters", () => {
    expect(temporariesOf("adamw_torch", matrix({ count: 3 }))).toBe(3 * 2 * N);
  });

  test.each(["adamw_torch_fused", "adamw_bnb_8bit", "sgd"] as const)("%s needs nothing besides", (optim) => {
    expect(temporariesOf(optim)).toBe(0);
  });

  test("Adafactor works in fp32 on one tensor at a time: 16 B for each of its elements", () => {
    expect(temporariesOf("adafactor", matrix({ count: 32 }))).toBe(16 * N);
  });
});

describe("Muon's step", () => {
  test("holds three bf16 copies of one matrix and three of its short side squared", () => {
    expect(temporariesOf("muon", matrix({ count: 32 }))).toBe(3 * 2 * (N + 4096 * 4096));
  });
});

describe("States in a type that is asked for", () => {
  const asked = { stateBytes: 2, isStateOverridden: true };

  test.each(["adamw_bnb_8bit", "adamw_torch_8bit", "adamw_torch_4bit", "adamw_apex_fused", "galore_adamw"] as const)(
    "%s keeps two whole moments of it",
    (optim) => {
      expect(statesOf(optim, matrix(asked))).toBe(2 * 2 * N);
    },
  );

  test("paged AdamW keeps two moments of it of what is too small to be paged", () => {
    const small = matrix({ ...asked, shape: [16, 4096], elements: 16 * 4096 });
    expect(statesOf("paged_adamw_32bit", small)).toBe(2 * 2 * 16 * 4096);
  });
});

describe("The formula of states", () => {
  const partsOf = (optim: OptimizerId): readonly unknown[] =>
    ALL_OPTIMIZERS[optim].states([matrix()]).formula.flatMap((token) => (typeof token === "string" ? [] : [token]));

  test.each([
    ["adamw_torch_4bit", "trained parameters", "bytes each, with the block's scale", 0.5 + 4 / 128],
    ["adamw_bnb_8bit", "trained parameters", "bytes each, with the block's scale", 1 + 4 / 256],
    ["paged_adamw_8bit", "parameters with paged states", "bytes of a block's scale, each", 4 / 256],
  ] as const)("of %s names parameters, bytes of each and the number of states", (...[optim, counted, each, bytes]) => {
    expect(partsOf(optim)).toMatchObject([
      { name: counted, value: N },
      { name: each, value: bytes },
      { name: "states", value: 2 },
    ]);
  });
});

describe("8-bit AdamW", () => {
  test("keeps tensors under 4,096 elements in fp32", () => {
    const vector = (elements: number): TrainedTensor => matrix({ shape: [elements], elements });
    expect(statesOf("adamw_bnb_8bit", vector(4095))).toBe(2 * 16_384);
    expect(statesOf("adamw_bnb_8bit", vector(4096))).toBe(2 * (4096 + 512));
  });
});

describe("Paged AdamW", () => {
  test("keeps states of tensors under 100,000 elements as ordinary ones, which do not leave the card", () => {
    const small = matrix({ shape: [16, 4096], elements: 16 * 4096 });
    expect(statesOf("paged_adamw_32bit", small)).toBe(2 * 4 * 16 * 4096);
    expect(statesOf("paged_adamw_8bit", small)).toBe(statesOf("adamw_bnb_8bit", small));
  });
});

describe("4-bit AdamW", () => {
  /** Bytes of both moments that torchao 0.18 makes on the CPU for a bf16 parameter (`AdamW4bit._new_buffer`): codes and scales, or the parameter's own type. */
  test.each([
    [[4096, 1024], 4_456_448],
    [[4000], 16_000],
    [[4096], 4352],
    [[8192, 3], 26_112],
    [[16, 4096], 69_632],
  ])("of a parameter of %j is what torchao makes, rounded up to blocks", (shape, expected) => {
    const elements = shape.reduce((product, size) => product * size, 1);
    const bytes = statesOf("adamw_torch_4bit", matrix({ shape, elements }));
    expect(bytes).toBeGreaterThanOrEqual(expected);
    expect(bytes - expected).toBeLessThan(4 * 512);
  });
});

describe("Muon and the low-rank optimizers", () => {
  test.each(["muon", "galore_adamw", "apollo_adamw"] as const)("%s treats an embedding as AdamW does", (optim) => {
    expect(statesOf(optim, matrix({ layerKind: null, role: "embedding" }))).toBe(2 * 2 * N);
  });
});

/** Bytes of what fused AdamW keeps. */
const keptBytes = (asked: Scenario, machine: Machine, tensors: readonly TrainedTensor[]): number =>
  optimizerStates(ALL_OPTIMIZERS.adamw_torch_fused, { scenario: asked, machine }, tensors).bytes;

describe("A tensor to which no gradient comes", () => {
  const passedBy = matrix({ withoutGradient: true });

  test("has no states, no counter and nothing in the step; its master copy is there", () => {
    const of = { scenario: scenario({ optim: "adamw_torch" }), machine: FAKE_TENSORS };
    const { adamw_torch: optimizer } = ALL_OPTIMIZERS;
    const alone = optimizerStates(optimizer, of, [matrix()]);
    expect(optimizerStates(optimizer, of, [matrix(), passedBy]).bytes).toBe(alone.bytes);
    expect(optimizerTemporaries(optimizer, [matrix(), passedBy]).bytes).toBe(2 * N);
    const mastered = { ...of, scenario: { ...of.scenario, masterWeightBytes: 4 } };
    expect(optimizerStates(optimizer, mastered, [passedBy]).bytes).toBe(4 * N);
  });

  test("is an adapter of Gemma 3n around `correction_coefs`, but for DeepSpeed, which fills it with zeros", () => {
    const architecture = firstLayers("gemma-3n-e2b", 15);
    const passed = (sharding: Scenario["sharding"]): readonly string[] => {
      const of = scenario({ architecture, method: loraMethod({ target_modules: "all-linear" }), sharding, gpus: 2 });
      const { adapters } = stepInputOf(WORKINGS, of, CUDA);
      return trainedTensors(of, adapters).flatMap(({ name, withoutGradient }) => (withoutGradient ? [name] : []));
    };
    expect(new Set(passed("fsdp2"))).toEqual(
      new Set(["altup.correction_coefs.lora_A.weight", "altup.correction_coefs.lora_B.weight"]),
    );
    expect(passed("zero2")).toEqual([]);
  });
});

describe("What a scenario says of states", () => {
  test("a dtype is that of each state, a number is bytes of all states for each trained parameter", () => {
    const fp32 = scenario({ optimizerStates: "fp32" });
    expect(keptBytes(fp32, FAKE_TENSORS, [matrix({ stateBytes: 4, isStateOverridden: true })])).toBe(2 * 4 * N);
    expect(keptBytes(scenario({ optimizerStates: 6 }), FAKE_TENSORS, [matrix()])).toBe(6 * N);
  });

  test("fp32 masters add four bytes for each trained parameter", () => {
    const plain = keptBytes(scenario(), FAKE_TENSORS, [matrix()]);
    expect(keptBytes(scenario({ masterWeightBytes: 4 }), FAKE_TENSORS, [matrix()]) - plain).toBe(4 * N);
  });

  test("fused AdamW keeps a step counter for each tensor on a CUDA device", () => {
    const counters = keptBytes(scenario(), CUDA, [matrix({ count: 7 })]) - 7 * 2 * 2 * N;
    expect(counters).toBe(7 * 512);
  });
});
