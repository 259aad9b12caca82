import { ENGINE } from "#calc/whole-engine.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CUDA } from "#calc/base/machine.ts";
import { pipelineStates, hasOutside, microBatchesOf, stageOf, stateAtEnd } from "#calc/parallel/pipeline-stages.ts";
import type { Scenario, Division } from "#calc/model/scenario.ts";
import { compileChain, compileStep, runChainOf } from "#calc/step/compile-step.ts";
import type { CompiledStep } from "#calc/step/program.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import { walk } from "#calc/step/walk.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { firstLayers, MIXED } from "./mixed-layers.ts";
import { FAMILIES, WORKINGS } from "../workings.ts";
import { tried } from "../../tried.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { GPT_2, LLAMA_2_7B } from "../architectures.ts";

type Moments = readonly Readonly<{ live: number; peak: number; terms: Readonly<Record<string, number>> }>[];

/** Live and highest bytes of each moment of a rank, and the terms of what is live. */
const momentsOf = (compiled: CompiledStep, rank: Scenario): Moments => {
  const { moments, bytesAt } = walk(compiled, null, rank);
  return moments.map(({ live, peak }) => ({
    live: live.bytes,
    peak: peak.bytes,
    terms: bytesAt(live.point),
  }));
};

/** The same step with every layer of the model run. */
const compileEveryLayer = (options: StepOptions): CompiledStep => {
  const { architecture, modelling } = options;
  const { forward } = FAMILIES.modellingOf(architecture.model_type, modelling);
  const { layers } = runChainOf(WORKINGS, options, { forward });
  return compileChain(WORKINGS, options, { forward, run: layers, stands: layers.map((_, layer) => layer) });
};

/** The moments of a rank as they are compiled, and with every layer run: of the card, then of host memory where something is sent there. */
const bothWays = (asked: Scenario): readonly [short: Moments, long: Moments] => {
  const rank = ENGINE.scenarioOfRank(asked);
  const options = tapeOptionsOf(WORKINGS, rank, CUDA);
  const all = (compiled: CompiledStep): Moments => [
    ...momentsOf(compiled, rank),
    ...(compiled.host === null ? [] : momentsOf(compiled.host, rank)),
  ];
  return [all(compileStep(WORKINGS, options)), all(compileEveryLayer(options))];
};

const MODELS = ["deepseek-v2-lite", "qwen3-next-80b-a3b", "lfm2-700m", "gemma-3-1b", "llama-3.2-1b", "llama-4-scout"];

describe("A chain of layers of which each depends on its neighbours", () => {
  test.each(
    MODELS.flatMap((id) =>
      (["fsdp1", "fsdp2", "zero3"] as const).flatMap((sharding) => [
        [id, sharding, { kind: "full" } as const] as const,
        [id, sharding, loraMethod()] as const,
      ]),
    ),
  )("%s, %s: as every layer one by one, to the byte", (id, sharding, method) => {
    const architecture = firstLayers(id, 13);
    const [short, long] = bothWays(scenario({ architecture, sharding, method, gpus: 4, sequence_length: 512 }));
    expect(short).toEqual(long);
  });

  test.each(
    (["transformers", "transformers-4.45"] as const).flatMap((modelling) =>
      (["fsdp1", "fsdp2", "zero1", "zero2", "zero3"] as const).flatMap((sharding) =>
        ([2, 3, 5] as const).map((selective) => [modelling, sharding, selective] as const),
      ),
    ),
  )("%s under %s, of which one in %d is checkpointed, too", (modelling, sharding, selective) => {
    const architecture = firstLayers("llama-3.2-1b", 14);
    const asked = scenario({ architecture, modelling, sharding, selective, method: loraMethod(), gpus: 4 });
    const [short, long] = bothWays(asked);
    expect(short).toEqual(long);
  });

  tried(
    "layers of several kinds under whatever divides or shards them, in every state of a pipeline, too; how full a bucket of ZeRO is apart",
    { quick: 20, thorough: 400 },
    (runs) => {
      fc.assert(
        fc.property(MIXED, (asked) => {
          const states = pipelineStates(asked);
          for (const state of states.length > 0 ? states : [asked]) {
            const [short, long] = bothWays(state);
            const slack = state.sharding.startsWith("zero") ? 0.01 : 0;
            short.forEach(({ peak, ...rest }, moment) => {
              const { peak: peakOfAll = Number.NaN, ...ofAll } = long[moment] ?? {};
              expect(rest).toEqual(ofAll);
              expect(Math.abs(peak - peakOfAll)).toBeLessThanOrEqual(slack * peakOfAll);
            });
          }
        }),
        runs,
      );
    },
  );
});

const FOUR: Division = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 4 };
const STAGES = [0, 1, 2, 3];

const pipeline = (gradient_accumulation_steps: number, patch: Partial<Scenario> = {}): Scenario =>
  scenario({ gpus: 4, division: FOUR, gradient_accumulation_steps, ...patch });

test("Ten layers are divided among four stages evenly, the remainder to the first", () => {
  const layers = STAGES.map((stage) => stageOf(10, { ...FOUR, stage })?.layers);
  expect(layers).toEqual([
    [0, 3],
    [3, 6],
    [6, 8],
    [8, 10],
  ]);
  expect(stageOf(10, FOUR)).toBeNull();
});

test("The first stage has what is before the layers, the last what is after them", () => {
  const ends = STAGES.map((stage) => stageOf(10, { ...FOUR, stage }));
  expect(ends.map((stage) => [stage?.isFirst, stage?.isLast])).toEqual([
    [true, false],
    [false, false],
    [false, false],
    [false, true],
  ]);
});

const TIED = { ...LLAMA_2_7B, tie_word_embeddings: true };

type Outside = readonly [what: string, of: Architecture, name: string, have: readonly boolean[]];

test.each<Outside>([
  ["embeddings", LLAMA_2_7B, "embed_tokens.weight", [true, false, false, false]],
  ["embeddings that the head is tied to", TIED, "embed_tokens.weight", [true, false, false, true]],
  ["the final norm", LLAMA_2_7B, "norm.weight", [false, false, false, true]],
  ["the head", LLAMA_2_7B, "lm_head.weight", [false, false, false, true]],
])("Of four stages these have %s of a model", (_, ...row) => {
  const [architecture, name, have] = row;
  const layout = ENGINE.layoutOf(architecture);
  const stages = STAGES.map((stage) => stageOf(10, { ...FOUR, stage }));
  expect(stages.map((stage) => stage !== null && hasOutside(layout, stage, name))).toEqual(have);
});

test("The first stage has all embeddings, those of positions too; the last only the table that the head is tied to", () => {
  const having = (at: number): readonly boolean[] => {
    const stage = stageOf(10, { ...FOUR, stage: at });
    const layout = ENGINE.layoutOf(GPT_2);
    return ["wte.weight", "wpe.weight", "ln_f.weight"].map((name) => stage !== null && hasOutside(layout, stage, name));
  };
  expect([having(0), having(3)]).toEqual([
    [true, true, false],
    [true, false, true],
  ]);
});

test("A stage keeps activations of as many micro batches as there are stages from it to the last", () => {
  const inFlight = (count: number): readonly number[] =>
    STAGES.map((stage) => microBatchesOf(count, { ...FOUR, stage }).inFlight);
  expect(inFlight(8)).toEqual([4, 3, 2, 1]);
  expect(inFlight(4)).toEqual([4, 3, 2, 1]);
  expect(microBatchesOf(4, { ...FOUR, stage: 0, state: "draining" })).toEqual({ inFlight: 3, steps: 4 });
  expect(microBatchesOf(4, { ...FOUR, stage: 0, state: "first" })).toEqual({ inFlight: 1, steps: 1 });
});

describe("What a stage comes to be in", () => {
  const statesOf = (asked: Scenario): readonly string[] =>
    pipelineStates(asked).map(({ division }) => `${division?.stage} ${division?.state}`);

  test("is filled; and draining, where all micro batches wait at once", () => {
    expect(statesOf(pipeline(8))).toEqual(["0 filled", "1 filled", "2 filled", "3 filled"]);
    expect(statesOf(pipeline(4))).toEqual(["0 filled", "0 draining", "1 filled", "2 filled", "3 filled"]);
  });

  test("is the first micro batch's alone, before, where parameters stay whole", () => {
    const fsdp = { reshardsAfterForward: false, reduce: "fp32", reducesEachMicroStep: true, endsApart: false } as const;
    const whole = pipeline(8, { gpus: 8, sharding: "fsdp2", fsdp, division: { ...FOUR, stage: 2 } });
    expect(statesOf(whole)).toEqual(["2 first", "2 filled"]);
  });

  test("ends the step as the last of them", () => {
    const at = (stage: number, state: Division["state"] & string): unknown =>
      stateAtEnd(pipeline(4, { division: { ...FOUR, stage, state } })).division?.state;
    expect([at(0, "filled"), at(0, "draining"), at(1, "filled")]).toEqual(["draining", "draining", "filled"]);
    const whole = pipeline(4);
    expect(stateAtEnd(whole)).toBe(whole);
  });
});

test("The peaks of stages say which layers each has", () => {
  const peaks = ENGINE.stagePeaks(pipeline(8, { architecture: { ...LLAMA_2_7B, num_hidden_layers: 6 } }));
  expect(peaks.map(({ from, to, isFirst, isLast, inFlight }) => [from, to, isFirst, isLast, inFlight])).toEqual([
    [0, 2, true, false, 4],
    [2, 4, false, false, 3],
    [4, 5, false, false, 2],
    [5, 6, false, true, 1],
  ]);
});
