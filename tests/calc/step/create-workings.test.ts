import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { expect, test, describe } from "vitest";
import type { Division, Scenario } from "#calc/model/scenario.ts";
import { LLAMA_2_7B, QWEN3_30B_A3B, SMALL_DEEPSEEK } from "../architectures.ts";
import { scenario, loraMethod, qloraMethod } from "../scenario.ts";
import { tried } from "../../tried.ts";
import { arbitraryScenario, alone } from "./arbitrary-scenario.ts";
import { CUDA } from "#calc/base/machine.ts";
import type { ChainLayer } from "#calc/families/families.ts";
import { compileScript, compileWholeScript, layersToLeaveOut, leftOutLayersRepeat } from "#calc/step/compile-script.ts";
import type { AllocatorScript } from "#calc/step/allocator-script.ts";
import { runChainOf } from "#calc/step/compile-step.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import { trace } from "#calc/step/trace.ts";
import type { Ledger, Storage } from "#calc/tape/ledger/ledger.ts";
import { WORKINGS } from "../workings.ts";

const point = fc.record({
  micro_batch_size: fc.integer({ min: 1, max: 64 }),
  sequence_length: fc.integer({ min: 1, max: 65_536 }),
});

tried(
  "the peak at another batch and length is that of the estimate, to the byte",
  { quick: 15, thorough: 200 },
  (runs) => {
    fc.assert(
      fc.property(arbitraryScenario, fc.array(point, { minLength: 1, maxLength: 4 }), (scenario, points) => {
        const peakAt = ENGINE.peakFunction(scenario);
        for (const each of points) {
          const { peakBytes } = estimated(ENGINE.estimate({ ...scenario, ...each }));
          // A gradient divided over ranks is a fraction of bytes, whose last digit depends on the order of summing.
          expect(Math.abs(peakAt(each) - peakBytes)).toBeLessThanOrEqual(scenario.gpus > 1 ? 1 : 0);
        }
      }),
      runs,
    );
  },
);

const SMALL = { ...LLAMA_2_7B, num_hidden_layers: 4 };
const STAGES: Division = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 2 };
const SHORT = scenario({ architecture: SMALL, optim: "adamw_torch", micro_batch_size: 1, sequence_length: 64 });

const ROWS: readonly (readonly [what: string, scenario: Scenario])[] = [
  ["the step of for-each AdamW, which makes copies of gradients", SHORT],
  ["backward", { ...SHORT, sequence_length: 4096 }],
  ["the last stage of a pipeline, for its logits", { ...SHORT, gpus: 2, division: STAGES, sequence_length: 4096 }],
  [
    "the last state of a stage, in which the optimizer steps",
    { ...SHORT, gpus: 2, division: { ...STAGES, stage: 0 }, gradient_accumulation_steps: 2 },
  ],
];

test.each(ROWS)("The peak at a batch and a length is that of %s, where the estimate has it there", (_, asked) => {
  expect(ENGINE.peakFunction(asked)(asked)).toBe(estimated(ENGINE.estimate(asked)).peakBytes);
});

/** Which lists of two scripts differ: `toEqual` takes a second for tens of thousands of events. */
const differing = (one: AllocatorScript, other: AllocatorScript): readonly string[] =>
  (["growths", "factors", "load", "step", "left"] as const).filter((key) => one[key].join() !== other[key].join());

const expectSameScript = (of: Scenario): void => {
  const options = tapeOptionsOf(WORKINGS, of, CUDA);
  const [repeated, whole] = [compileScript(WORKINGS, options), compileWholeScript(WORKINGS, options)];
  expect(differing(repeated, whole)).toEqual([]);
  expect(repeated.chunkSize).toBe(whole.chunkSize);
};

describe("a script of repeated layers is that of all layers, event by event", () => {
  test.each<readonly [string, Partial<Scenario>]>([
    ["full", { method: { kind: "full" } }],
    ["LoRA", { method: loraMethod({ r: 8 }) }],
    [
      "LoRA of one module, without checkpointing",
      { method: loraMethod({ target_modules: ["down_proj"] }), gradient_checkpointing: false },
    ],
    ["some layers checkpointed", { method: loraMethod({ r: 8 }), selective: 2 }],
    ["four micro steps", { method: { kind: "full" }, gradient_accumulation_steps: 4 }],
    [
      "saved tensors in host memory",
      { method: loraMethod({ r: 8 }), savedTensorsOffloaded: true, gradient_checkpointing: false },
    ],
    ["QLoRA", { method: qloraMethod({ kbitPreparation: "fp32" }) }],
    ["experts", { architecture: QWEN3_30B_A3B }],
    ["a first layer of another kind", { architecture: SMALL_DEEPSEEK }],
  ])("%s", (_, way) => expectSameScript(scenario(way)));

  tried("whatever the scenario", { quick: 12, thorough: 600 }, (runs) =>
    fc.assert(fc.property(arbitraryScenario.map(alone), expectSameScript), runs),
  );
});

const layer = (kind: string, keepsAll?: boolean): ChainLayer => ({
  kind,
  modules: [],
  ...(keepsAll !== undefined && { keepsAll }),
});
/** Layers of kinds of one letter each. */
const layers = (kinds: string): readonly ChainLayer[] => Array.from(kinds, (kind) => layer(kind));

describe("layers are left out", () => {
  test("of the longest row of one kind, but for six", () => {
    expect(layersToLeaveOut(layers("aabbbbbbbbbaaa"))).toEqual({ middle: 4, count: 3 });
    expect(layersToLeaveOut(layers("aaaaaaa"))).toEqual({ middle: 2, count: 1 });
  });

  test("of no shorter row", () => {
    expect(layersToLeaveOut(layers("aaaaaabbbbbb"))).toBeNull();
    expect(layersToLeaveOut([])).toBeNull();
  });

  test("where all of them are checkpointed, or none is", () => {
    const alternating = Array.from({ length: 20 }, (_, index) => layer("a", index % 2 === 0));
    expect(layersToLeaveOut(alternating)).toBeNull();
  });
});

describe("layers repeat", () => {
  /** A run of the first six layers. */
  const runOfSix = (way: Partial<Scenario>): Ledger => {
    const options = tapeOptionsOf(WORKINGS, scenario(way), CUDA);
    const { families } = WORKINGS;
    const { forward } = families.modellingOf(options.architecture.model_type, options.modelling);
    const chain = runChainOf(WORKINGS, options, { forward }).layers.slice(0, 6);
    return trace(WORKINGS, options, { forward, layout: families.layoutOf(options.architecture), chain }).card;
  };
  const repeatFrom = (ledger: Ledger, middle: number): boolean => leftOutLayersRepeat(ledger, 6, { middle, count: 1 });
  const ofLora = runOfSix({ method: loraMethod({ r: 8 }) });

  test("in the middle", () => expect(repeatFrom(ofLora, 2)).toBe(true));

  test("neither at the beginning, where the first frees what all share, nor at the end", () => {
    expect([0, 4].map((middle) => repeatFrom(ofLora, middle))).toEqual([false, false]);
  });

  /** The same run, at whose end layer `layer` frees something that layer `maker` loaded. */
  const freeing = (layer: number, maker: number): Ledger => {
    const { log, signs, segments } = ofLora;
    const made = segments.find((segment) => segment.phase === "load" && segment.layer === maker);
    const last = segments.at(-1);
    if (made === undefined || last === undefined) throw new Error("There is no such layer.");
    const end = {
      ...last,
      index: segments.length,
      layer,
      phase: "finish" as const,
      from: log.length,
      to: log.length + 1,
    };
    return { ...ofLora, log: [...log, log[made.from] as Storage], signs: [...signs, -1], segments: [...segments, end] };
  };

  test("where nothing reaches across the middle", () => {
    const repeating = [
      [0, 1],
      [1, 2],
      [4, 3],
      [5, 4],
      [6, 5],
      [6, 1],
      [0, 6],
      [5, -1],
    ] as const;
    const reaching = [
      [0, 3],
      [1, 4],
      [4, 2],
      [5, 0],
      [6, 2],
      [6, 3],
      [-1, 2],
    ] as const;
    for (const [layer, maker] of repeating) expect(repeatFrom(freeing(layer, maker), 2)).toBe(true);
    for (const [layer, maker] of reaching) expect(repeatFrom(freeing(layer, maker), 2)).toBe(false);
  });
});
