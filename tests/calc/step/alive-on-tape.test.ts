import { expect, test, describe } from "vitest";
import { peakOf, type TimelinePoint } from "#calc/model/timeline.ts";
import { aliveOnTape, aliveGroups } from "#calc/step/alive-on-tape.ts";
import { runOnPaper, type ExplainedStep, type PaperRun } from "#calc/step/explained-step.ts";
import { stepTimeline } from "#calc/step/step-timeline.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { WORKINGS, FAMILIES } from "../workings.ts";
import { explained } from "./explained.ts";
import { runChainOf } from "#calc/step/compile-step.ts";
import { objectiveOf } from "#calc/modules/objectives/objective.ts";
import { programOf } from "#calc/step/program.ts";
import { sizesAt } from "#calc/step/batch-shape.ts";
import { trace } from "#calc/step/trace.ts";
import { EXPLAINED } from "./explained-scenarios.ts";

const SMALL = { ...LLAMA_2_7B, num_hidden_layers: 2 };
const STEP = explained(scenario({ architecture: SMALL, method: loraMethod({ r: 8 }), gradient_checkpointing: false }));
const POINTS = stepTimeline(STEP);
const RUN = runOnPaper(WORKINGS, STEP);
const ROWS = aliveOnTape(RUN, peakOf(POINTS));

test("At every point of forward and backward the activations that are alive sum to those of the timeline", () => {
  const ofTape = POINTS.filter(({ onTape }) => onTape !== null);
  const sums = ofTape.map((point) =>
    aliveOnTape(RUN, point).reduce((sum, { term, bytes }) => sum + (term === "activations" ? bytes : 0), 0),
  );
  expect(sums).toEqual(ofTape.map(({ terms }) => terms.activations));
});

test("Of tensors that have gone by the peak there is no row", () => {
  expect(ROWS.filter(({ count }) => count <= 0)).toEqual([]);
});

test("A formula says how many tensors there are where there are several", () => {
  const saysHowMany = (name: string): boolean | undefined =>
    ROWS.find(({ module }) => module === name)?.formula.some(
      (each) => typeof each !== "string" && each.name === "tensors",
    );
  expect(["mlp.act_fn", "input_ids"].map(saysHowMany)).toEqual([true, false]);
});

test("A row says when its tensors were made, and what their elements grow with", () => {
  const rowOf = (name: string) => ROWS.find(({ module }) => module === name);
  expect(rowOf("input_ids")).toMatchObject({ made: "load", unit: "b*s × 1" });
  expect(rowOf("mlp.act_fn")).toMatchObject({ made: "forward", unit: "b*s × 11008" });
});

/** The run with every layer of the model on paper, so that each stands for itself. */
const everyLayer = (step: ExplainedStep): PaperRun => {
  const { scenario, layout, options, compiled } = step;
  const { forward } = FAMILIES.modellingOf(scenario.architecture.model_type, scenario.modelling);
  const { layers: chain } = runChainOf(WORKINGS, options, { forward });
  const { card: ledger } = trace(WORKINGS, options, { forward, layout, chain });
  return {
    ...runOnPaper(WORKINGS, step),
    ledger,
    ran: chain.length,
    program: programOf(
      { segments: ledger.segments, ran: chain.length, stands: chain.map((_, index) => index) },
      options,
      objectiveOf(WORKINGS.objectives, options.objective).passes,
    ),
    sizes: sizesAt(ledger, scenario, compiled.chunkTokens),
  };
};

/** Groups as text, their order and the table's numbering of sizes apart. */
const inWords = (run: PaperRun, point: TimelinePoint): readonly string[] =>
  aliveGroups(run, point)
    .flatMap(({ module, storage, size, byLayer }) => {
      const { op, dtype, shape, term } = storage;
      const layers = [...byLayer]
        .filter(([, count]) => count !== 0)
        .toSorted(([one], [other]) => Number(one) - Number(other));
      const bytes = (run.sizes[size] ?? 0) * storage.blocks;
      const what = `${module} ${op} ${shape.dims.join(",")} ${dtype} ${term} ${bytes}`;
      return layers.length === 0 ? [] : [`${what}: ${layers.map(([layer, count]) => `${layer}×${count}`).join(" ")}`];
    })
    .toSorted();

describe.each(EXPLAINED)("What is alive in %s", (_, asked) => {
  test("is told from one layer of each kind as from a run of every layer", () => {
    const step = explained(asked);
    const folded = runOnPaper(WORKINGS, step);
    const whole = everyLayer(step);
    const points = stepTimeline(step);
    const some = points.filter((_each, index) => index % 5 === 0 || index > points.length - 6);
    for (const point of some) expect(inWords(folded, point)).toEqual(inWords(whole, point));
  });
});
