import { estimated, MOMENT_IDS, type MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { TERM_IDS, type AllocatedTermId } from "#calc/model/terms.ts";
import { type Scenario, SHARDINGS } from "#calc/model/scenario.ts";
import { evaluateFormula } from "../evaluate-formula.ts";
import { tried } from "../../tried.ts";
import { arbitraryScenario } from "./arbitrary-scenario.ts";

const holds = (title: string, law: (scenario: Scenario) => void): void =>
  tried(title, { quick: 25, thorough: 250 }, (runs) => fc.assert(fc.property(arbitraryScenario, law), runs));

const allBytes = ({ terms, moments, ...rest }: MemoryEstimate): readonly number[] => [
  rest.params,
  rest.trainableParams,
  rest.peakBytes,
  rest.reservedBytes,
  rest.onCardBytes,
  ...rest.onCardRangeBytes,
  ...terms.map((term) => term.bytes),
  ...moments.flatMap((moment) => [moment.liveBytes, moment.peakBytes, ...Object.values(moment.terms)]),
];
const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

describe("Every estimate", () => {
  holds("is made of whole, finite, nonnegative numbers", (scenario) => {
    for (const each of allBytes(estimated(ENGINE.estimate(scenario)))) {
      expect(Number.isSafeInteger(each)).toBe(true);
      expect(each).toBeGreaterThanOrEqual(0);
    }
  });

  holds("has the terms of each moment sum to its peak, and its highest moment is the peak", (scenario) => {
    const { moments, peakBytes, peakMoment } = estimated(ENGINE.estimate(scenario));
    expect(moments.map((moment) => moment.id)).toEqual(MOMENT_IDS);
    for (const { terms, peakBytes: momentPeak, liveBytes } of moments) {
      expect(total(Object.values(terms))).toBe(momentPeak);
      expect(liveBytes).toBeLessThanOrEqual(momentPeak);
    }
    expect(Math.max(...moments.map((moment) => moment.peakBytes))).toBe(peakBytes);
    expect(moments.find((moment) => moment.id === peakMoment)?.peakBytes).toBe(peakBytes);
  });

  holds("has all eight terms, which sum to what is on the card and without the framework to the peak", (scenario) => {
    const { terms, peakBytes, onCardBytes } = estimated(ENGINE.estimate(scenario));
    expect(terms.map((term) => term.id)).toEqual(TERM_IDS);
    expect(total(terms.map((term) => term.bytes))).toBe(onCardBytes);
    expect(total(terms.filter((term) => term.id !== "framework").map((term) => term.bytes))).toBe(peakBytes);
  });

  /** Up to one for each of some thousand tensors, and for each tensor of several buffers; and the rounding of decimals. */
  const BLOCKS_BYTES = 16 * 2 ** 20;
  holds("has formulas that give their terms, blocks of 512 B apart", (scenario) => {
    for (const { formula, bytes } of estimated(ENGINE.estimate(scenario)).terms)
      expect(Math.abs(evaluateFormula(formula) - bytes)).toBeLessThanOrEqual(BLOCKS_BYTES + bytes * 1e-9);
  });

  holds("is the same when asked again, and changes nothing", (scenario) => {
    const before = JSON.stringify(scenario);
    expect(JSON.stringify(estimated(ENGINE.estimate(scenario)))).toBe(
      JSON.stringify(estimated(ENGINE.estimate(scenario))),
    );
    expect(JSON.stringify(scenario)).toBe(before);
  });
});

const isStepCounted = (scenario: Scenario): boolean => scenario.accounting === "training-step";

/** That at no moment the second takes less than the first, neither at its highest nor at its end, by more than the slack. */
const takesNoLess = (less: Scenario, more: Scenario, slack = 0): void => {
  const before = estimated(ENGINE.estimate(less)).moments;
  estimated(ENGINE.estimate(more)).moments.forEach(({ id, liveBytes, peakBytes }, index) => {
    expect(peakBytes, `${id} peak`).toBeGreaterThanOrEqual((before[index]?.peakBytes ?? 0) - slack);
    expect(liveBytes, `${id} live`).toBeGreaterThanOrEqual((before[index]?.liveBytes ?? 0) - slack);
  });
};

/** ZeRO reduces gradients when the next does not fit into its bucket of h² elements: how full that is, and its copy, goes up and down with what is trained. */
const bucketSlack = ({ sharding, architecture }: Scenario): number =>
  sharding.startsWith("zero") ? 2 * 2 * architecture.hidden_size ** 2 : 0;

describe("More never takes less, at any moment", () => {
  holds("batch, but for a second row, with which padding comes and a kernel that may keep less", (scenario) => {
    fc.pre(isStepCounted(scenario) && (scenario.packing || scenario.micro_batch_size > 1));
    takesNoLess(scenario, { ...scenario, micro_batch_size: scenario.micro_batch_size + 1 });
  });

  holds("sequence length, whole chunks apart", (scenario) => {
    fc.pre(isStepCounted(scenario));
    takesNoLess(scenario, { ...scenario, sequence_length: 2 * scenario.sequence_length });
  });

  holds(
    "rank, but for tensors that grow past the 4,096 elements of an 8-bit optimizer, the 100,000 of a paged one, the rank of a low-rank one or what ZeRO-3 leaves whole",
    (scenario) => {
      const { method, sharding, offload } = scenario;
      // ZeRO moves parameters to the host in its third stage alone.
      const leavesSmallWhole = sharding === "zero3" || (offload === "all" && sharding.startsWith("zero"));
      fc.pre(method.kind !== "full" && !leavesSmallWhole && !/8bit|paged|galore|apollo/.test(scenario.optim));
      const doubled = { ...method, lora: { ...method.lora, r: 2 * method.lora.r } };
      takesNoLess(scenario, { ...scenario, method: doubled }, bucketSlack(scenario));
    },
  );

  holds(
    "modules; kernels that take q, k and v at once save less where all three are adapted, and are compared with themselves",
    (scenario) => {
      const { method, modelling } = scenario;
      fc.pre(method.kind !== "full");
      const adapting = (...target_modules: readonly string[]): Scenario => ({
        ...scenario,
        method: { ...method, lora: { ...method.lora, target_modules } },
      });
      const takesThree = /^(foak|unsloth)/.test(modelling);
      // Such a kernel keeps the fp32 weight itself, where a plain linear keeps the copy that autocast made of it.
      fc.pre(!takesThree || !scenario.autocast || scenario.weights !== "fp32");
      // `op` keeps every second product: adapters' products count, so that with one more module other outputs are kept.
      fc.pre(scenario.selective !== "op");
      // A gradient larger than ZeRO's bucket (of a saved embedding or head) waits until the next comes.
      fc.pre(!scenario.sharding.startsWith("zero") || method.lora.modules_to_save.length === 0);
      const fewer = takesThree ? ["q_proj", "k_proj", "v_proj"] : ["q_proj", "v_proj"];
      takesNoLess(adapting(...fewer), adapting("q_proj", "k_proj", "v_proj", "o_proj"), bucketSlack(scenario));
    },
  );
});

describe("More than one GPU", () => {
  holds("one GPU makes every strategy the same", (scenario) => {
    const alone = { ...scenario, gpus: 1 };
    const none = JSON.stringify(estimated(ENGINE.estimate({ ...alone, sharding: "none" })));
    for (const sharding of SHARDINGS)
      expect(JSON.stringify(estimated(ENGINE.estimate({ ...alone, sharding })))).toBe(none);
  });

  const held = (scenario: Scenario, terms: readonly AllocatedTermId[]): number => {
    const step = estimated(ENGINE.estimate(scenario)).moments.find((moment) => moment.id === "step");
    return terms.reduce((total, term) => total + (step?.terms[term] ?? 0), 0);
  };

  holds("each stage of ZeRO keeps no more of parameters and states on a rank than the one before", (scenario) => {
    fc.pre(isStepCounted(scenario));
    const kept = (sharding: Scenario["sharding"]): number =>
      held({ ...scenario, gpus: 8, sharding, offload: "none" }, ["weights", "adapters", "optimizer"]);
    expect(kept("zero2")).toBeLessThanOrEqual(kept("zero1"));
    expect(kept("zero3")).toBeLessThanOrEqual(kept("zero2"));
  });

  const SHARDED = [
    ["zero1", ["optimizer"]],
    ["zero2", ["optimizer"]],
    ["zero3", ["weights", "adapters", "optimizer"]],
    ["fsdp1", ["weights", "adapters", "optimizer"]],
    ["fsdp2", ["weights", "adapters", "optimizer"]],
  ] as const;
  /** Padding to whole rows, blocks of small tensors, tensors too small for 8-bit states, step counters. */
  const ROUNDING = 1.25;
  holds("what is sharded falls as 1/N, and over all ranks is never less than the whole", (scenario) => {
    const { method, optim } = scenario;
    // Scales of a quantised base are whole everywhere; of low-rank optimizers and Adafactor a shard is no share; shards are small enough not to be paged,
    // or are of no whole blocks that 4 bits take.
    fc.pre(
      isStepCounted(scenario) && method.kind !== "qlora" && !/galore|apollo|adafactor|muon|paged|4bit/.test(optim),
    );
    fc.pre(method.kind === "full" || method.lora.r % 8 === 0);
    for (const [sharding, terms] of SHARDED) {
      const [two, eight] = [2, 8].map((gpus) => gpus * held({ ...scenario, gpus, sharding, offload: "none" }, terms));
      const [less, more] = [two ?? 0, eight ?? 0];
      expect(more, sharding).toBeGreaterThanOrEqual(less);
      expect(more, sharding).toBeLessThanOrEqual(ROUNDING * less + 2 ** 26);
    }
  });

  holds("what is offloaded is in host memory, no less of it than has left the card", (drawn) => {
    const scenario = { ...drawn, checkpointsOffloaded: false, savedTensorsOffloaded: false };
    fc.pre(isStepCounted(scenario));
    const off = estimated(ENGINE.estimate({ ...scenario, offload: "optimizer" }));
    const on = held({ ...scenario, offload: "none" }, ["optimizer"]);
    expect(held({ ...scenario, offload: "optimizer" }, ["optimizer"])).toBe(0);
    expect(off.hostBytes).toBeGreaterThanOrEqual(on);
    expect(estimated(ENGINE.estimate({ ...scenario, offload: "none" })).hostBytes).toBe(0);
  });
});
