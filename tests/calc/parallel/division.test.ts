import { estimated, type MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import type { Division, Scenario } from "#calc/model/scenario.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { loraMethod, scenario } from "../scenario.ts";

const divided = (division: Partial<Division>, patch: Partial<Scenario> = {}): Scenario =>
  scenario({
    gpus: 8,
    ...patch,
    division: { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 1, ...division },
  });

const standing = ({ moments }: MemoryEstimate): number => {
  const terms = moments.find(({ id }) => id === "step")?.terms;
  return (terms?.weights ?? 0) + (terms?.gradients ?? 0) + (terms?.optimizer ?? 0) + (terms?.adapters ?? 0);
};

const METHODS = [{ kind: "full" }, loraMethod()] as const;

describe("Ranks that divide the matrices of a model", () => {
  test("one rank of one is the whole, to the byte", () => {
    for (const method of METHODS)
      for (const sharding of ["none", "fsdp2", "zero3"] as const)
        expect(estimated(ENGINE.estimate(divided({}, { method, sharding })))).toEqual(
          estimated(ENGINE.estimate(scenario({ gpus: 8, method, sharding }))),
        );
  });

  test("two halves are the whole, and what each has beside its half: norms, and the embedding's whole gradient", () => {
    const whole = standing(estimated(ENGINE.estimate(scenario())));
    const half = standing(estimated(ENGINE.estimate(divided({ tp_size: 2 }, { gpus: 2 }))));
    const embedding = 32_000 * 4096;
    expect(half).toBeGreaterThan(whole / 2);
    expect(half - whole / 2).toBeLessThan(embedding * 2 + 65 * 4096 * 8);
  });

  test.each(METHODS.flatMap((method) => [false, true].map((sequence_parallel) => ({ method, sequence_parallel }))))(
    "more of them never hold more each, nor less than the whole together: $method.kind, sequence parallel $sequence_parallel",
    ({ method, sequence_parallel }) => {
      const of = (ranks: number): MemoryEstimate =>
        estimated(ENGINE.estimate(divided({ tp_size: ranks, sequence_parallel }, { gpus: ranks, method })));
      for (const ranks of [1, 2, 4, 8, 16]) {
        const [few, many] = [of(ranks), of(2 * ranks)];
        expect(many.peakBytes).toBeLessThanOrEqual(few.peakBytes);
        expect(2 * standing(many)).toBeGreaterThanOrEqual(standing(few));
        expect(many.params).toBe(few.params);
        expect(many.trainableParams).toBe(few.trainableParams);
      }
    },
  );

  test("sequence parallelism keeps checkpoints of a rank's share of the tokens", () => {
    const kept = (sequence_parallel: boolean): number =>
      estimated(ENGINE.estimate(divided({ tp_size: 8, sequence_parallel }))).moments.find(({ id }) => id === "forward")
        ?.liveBytes ?? 0;
    const checkpoints = 32 * 1024 * 4096 * 2;
    expect(kept(false) - kept(true)).toBeGreaterThan(0.8 * checkpoints);
  });

  test("split what stays whole between matrices unevenly, where it does not divide: the first ranks have one column more", () => {
    const phi3 = { ...LLAMA_2_7B, model_type: "phi3" };
    expect((phi3.intermediate_size ?? 0) % 3).not.toBe(0);
    const third = standing(estimated(ENGINE.estimate(divided({ tp_size: 3 }, { gpus: 3, architecture: phi3 }))));
    const whole = standing(estimated(ENGINE.estimate(scenario({ architecture: phi3 }))));
    expect(3 * third).toBeGreaterThan(whole);
  });

  test("shards lie over the ranks that have the same part", () => {
    const of = (patch: Partial<Scenario>): number =>
      standing(estimated(ENGINE.estimate(divided({ tp_size: 2 }, patch))));
    expect(of({ sharding: "fsdp2" }) / of({ gpus: 2 })).toBeLessThan(0.6);
  });
});

const LLAMA_LAYERS = 32;
/** Embeddings and head so small that layers decide. */
const UNTRAINED_ENDS = { ...LLAMA_2_7B, vocab_size: 128 };
const STATIC = ["weights", "gradients", "optimizer"] as const;
const staticOf = ({ moments }: MemoryEstimate): number => {
  const terms = moments.find(({ id }) => id === "step")?.terms;
  return STATIC.reduce((total, id) => total + (terms?.[id] ?? 0), 0);
};

describe("A loss over divided logits", () => {
  test("takes an Nth of 16 bytes a token and entry in backward, where whole logits take 12", () => {
    const architecture = { ...LLAMA_2_7B, vocab_size: 256_000 };
    const tokens = { micro_batch_size: 8, sequence_length: 4096 };
    const logitsOf = (loss_parallel: boolean): number =>
      estimated(
        ENGINE.estimate(divided({ tp_size: 8, loss_parallel }, { architecture, ...tokens, sharding: "fsdp2" })),
      ).moments.find(({ id }) => id === "backward")?.terms.logits ?? 0;
    const entries = 8 * 4096 * architecture.vocab_size;
    expect(logitsOf(false) / entries).toBeCloseTo(12, 1);
    expect(logitsOf(true) / entries).toBeCloseTo(16 / 8, 1);
  });
});

describe("Ranks that divide the sequence", () => {
  test("have the same parameters, and activations of their share of the tokens", () => {
    const of = (cp_size: number): MemoryEstimate =>
      estimated(ENGINE.estimate(divided({ cp_size }, { gradient_checkpointing: false, sequence_length: 8192 })));
    const [one, four] = [of(1), of(4)];
    expect(staticOf(four)).toBe(staticOf(one));
    const kept = ({ moments }: MemoryEstimate): number => {
      const liveAt = (moment: string): number => moments.find(({ id }) => id === moment)?.liveBytes ?? 0;
      return liveAt("forward") - liveAt("zero");
    };
    expect(kept(four) / kept(one)).toBeGreaterThan(0.2);
    expect(kept(four) / kept(one)).toBeLessThan(0.3);
  });

  test("share shards with those that divide the batch", () => {
    const of = (division: Partial<Division>): number =>
      staticOf(estimated(ENGINE.estimate(divided(division, { sharding: "fsdp2" }))));
    expect(of({ cp_size: 4 })).toBe(of({}));
    expect(of({ ulysses_size: 4 })).toBe(of({}));
  });

  test("never take more for being more that share out heads", () => {
    const of = (ulysses_size: number): number =>
      estimated(
        ENGINE.estimate(
          divided({ ulysses_size }, { gpus: 32, gradient_checkpointing: false, sequence_length: 32_768 }),
        ),
      ).peakBytes;
    const peaks = [1, 2, 4, 8, 16, 32].map(of);
    expect(peaks).toEqual(peaks.toSorted((a, b) => b - a));
    expect((peaks[3] as number) / (peaks[0] as number)).toBeLessThan(0.3);
  });
});

describe("Stages of a pipeline", () => {
  const micro = { gradient_accumulation_steps: 64 } as const;
  const stage = (pp_size: number, at: number): MemoryEstimate =>
    estimated(ENGINE.estimate(divided({ pp_size, stage: at }, { gpus: pp_size, ...micro })));

  test("hold the parameters of the model once together", () => {
    const whole = estimated(ENGINE.estimate(scenario())).moments.find(({ id }) => id === "load")?.terms.weights ?? 0;
    for (const pp_size of [2, 3, 8]) {
      const weights = Array.from(
        { length: pp_size },
        (_, at): number => stage(pp_size, at).moments.find(({ id }) => id === "load")?.terms.weights ?? 0,
      );
      expect(weights.reduce((total, each) => total + each, 0)).toBe(whole);
    }
  });

  test("never hold more with more stages, and the answer is of the fullest", () => {
    let before = Number.POSITIVE_INFINITY;
    for (const pp_size of [2, 4, 8, 16, LLAMA_LAYERS]) {
      const stages = Array.from({ length: pp_size }, (_, at) => stage(pp_size, at));
      const most = Math.max(...stages.map(staticOf));
      expect(most).toBeLessThanOrEqual(before);
      before = most;
      const answer = estimated(ENGINE.estimate(divided({ pp_size }, { gpus: pp_size, ...micro })));
      expect(answer.peakBytes).toBe(Math.max(...stages.map(({ peakBytes }) => peakBytes)));
      expect(
        ENGINE.stagePeaks(divided({ pp_size }, { gpus: pp_size, ...micro })).map(({ peakBytes }) => peakBytes),
      ).toEqual(stages.map(({ peakBytes }) => peakBytes));
    }
  });

  test("keep a micro batch less, the later they come", () => {
    const kept = Array.from({ length: 4 }, (_, at) =>
      ENGINE.peakFunction(
        divided(
          { pp_size: 4, stage: at },
          { gpus: 4, ...micro, gradient_checkpointing: false, architecture: UNTRAINED_ENDS },
        ),
      )({ micro_batch_size: 1, sequence_length: 4096 }),
    );
    const [first = 0, second = 0, third = 0] = kept;
    expect(second - third).toBeGreaterThan(0);
    expect((first - second) / (second - third)).toBeCloseTo(1, 0);
  });

  test("peak as the function of batch and length says", () => {
    for (const pp_size of [2, 4])
      for (const count of [pp_size, 16]) {
        const asked = divided({ pp_size, tp_size: 2 }, { gradient_accumulation_steps: count });
        expect(ENGINE.peakFunction(asked)({ micro_batch_size: 1, sequence_length: 1024 })).toBe(
          estimated(ENGINE.estimate(asked)).peakBytes,
        );
      }
  });
});
