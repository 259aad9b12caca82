import { stepTimeline } from "#calc/step/step-timeline.ts";
import { describe, expect, test } from "vitest";
import { aliveGroups } from "#calc/step/alive-on-tape.ts";
import { runChainOf } from "#calc/step/compile-step.ts";
import { type ExplainedStep, type PaperRun, runOnPaper } from "#calc/step/explained-step.ts";
import type { TimelinePoint } from "#calc/model/timeline.ts";
import { objectiveOf } from "#calc/modules/objectives/objective.ts";
import { programOf } from "#calc/step/program.ts";
import { sizesAt } from "#calc/step/batch-shape.ts";
import { trace } from "#calc/step/trace.ts";
import { explained } from "./explained.ts";
import { EXPLAINED } from "./explained-scenarios.ts";
import { FAMILIES, WORKINGS } from "../workings.ts";

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
