import { describe, expect, test } from "vitest";
import { modellingOf } from "#calc/families/known-families.ts";
import { layoutOf } from "#calc/families/layout-of.ts";
import { CUDA } from "#calc/machine.ts";
import type { Scenario } from "#calc/scenario.ts";
import { compileStep, runChainOf } from "#calc/step/compile-step.ts";
import { evaluateStep, sizesAt } from "#calc/step/evaluate-step.ts";
import { tapeOptionsOf } from "#calc/step/tape-options.ts";
import { trace } from "#calc/step/trace.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { loraMethod, scenario } from "../scenario.ts";

/** Live bytes at the end and the highest of backward, with every layer of the model run. */
const everyLayer = (asked: Scenario): readonly [live: number, peak: number] => {
  const options = tapeOptionsOf(asked, CUDA);
  const { forward } = modellingOf(asked.architecture.model_type, asked.modelling);
  const layout = layoutOf(asked.architecture);
  const { layers: chain } = runChainOf(options, layout, forward);
  const { card: ledger } = trace(options, { forward, layout, chain });
  const sizes = sizesAt(ledger, asked);
  let [live, peak] = [0, 0];
  for (const { phase, from, to } of ledger.segments) {
    if (phase === "backward") peak = Math.max(peak, live);
    for (let index = from; index < to; index++) {
      const storage = ledger.log[index];
      if (storage !== undefined) live += (ledger.signs[index] ?? 0) * (sizes[storage.size] ?? 0) * storage.blocks;
      if (phase === "backward") peak = Math.max(peak, live);
    }
  }
  return [live, peak];
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
    const known = FULL_CATALOG.models[id]?.architecture;
    if (known === undefined) throw new Error(`the catalog lacks ${id}`);
    const layers = Math.min(13, known.num_hidden_layers);
    const types = known.layer_types === undefined ? {} : { layer_types: known.layer_types.slice(0, layers) };
    const architecture = { ...known, num_hidden_layers: layers, ...types };
    const asked = scenario({ architecture, sharding, method, gpus: 4, sequence_length: 512 });
    const compiled = compileStep(tapeOptionsOf(asked, CUDA));
    const backward = evaluateStep(compiled, asked).moments.at(-1);
    expect([backward?.liveBytes, backward?.peakBytes]).toEqual(everyLayer(asked));
  });

  test.each(
    (["transformers", "transformers-4.45"] as const).flatMap((modelling) =>
      (["fsdp1", "fsdp2", "zero1", "zero2", "zero3"] as const).flatMap((sharding) =>
        ([2, 3, 5] as const).map((selective) => [modelling, sharding, selective] as const),
      ),
    ),
  )("%s under %s, of which one in %d is checkpointed, too", (modelling, sharding, selective) => {
    const known = FULL_CATALOG.models["llama-3.2-1b"]?.architecture;
    if (known === undefined) throw new Error("the catalog has Llama 3.2 1B");
    const architecture = { ...known, num_hidden_layers: 14 };
    const asked = scenario({ architecture, modelling, sharding, selective, method: loraMethod(), gpus: 4 });
    const backward = evaluateStep(compileStep(tapeOptionsOf(asked, CUDA)), asked).moments.at(-1);
    expect([backward?.liveBytes, backward?.peakBytes]).toEqual(everyLayer(asked));
  });
});
