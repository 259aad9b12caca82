import { ENGINE } from "#calc/whole-engine.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CUDA } from "#calc/base/machine.ts";
import { pipelineStates } from "#calc/parallel/pipeline-stages.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { compileChain, compileStep, runChainOf } from "#calc/step/compile-step.ts";
import type { CompiledStep } from "#calc/step/program.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import { walk } from "#calc/step/walk.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { firstLayers, MIXED } from "./mixed-layers.ts";
import { FAMILIES, WORKINGS } from "../workings.ts";
import { tried } from "../../tried.ts";

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
