import { DEFAULT_ALLOCATOR_SETTINGS, type AllocatorRun } from "#calc/allocator/allocator.ts";
import { reservationOf } from "#calc/allocator/reservation.ts";
import { replay } from "#calc/allocator/replay.ts";
import { CUDA } from "#calc/base/machine.ts";
import { compileScript } from "#calc/step/compile-script.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { WORKINGS } from "../calc/workings.ts";
import { type Form, timesOf } from "./times-of.ts";

/** The default, a base in 4 bits over a longer batch, all parameters of a larger model, and one of eight GPUs with its streams. */
const LINKS = ["?v=1", "?v=1&method=qlora&batch=4&seq=4096", "?v=1&method=full&model=llama-3.1-70b", "?v=1&gpus=8"];
const REPEATS = 15;

const scenarioOf = (link: string): Scenario => {
  const { value: choices } = decodeLink(link, FULL_CATALOG);
  const found = toAnswer(choices, FULL_CATALOG).methods.find(({ method }) => method === choices.method);
  if (found === undefined) throw new Error("an answer has the method of its link");
  return found.scenario;
};

const runOf = (scenario: Scenario): AllocatorRun => {
  const run = ENGINE.allocatorRun(scenario);
  if (run === null) throw new Error("there is a run");
  return run;
};

const allOf = (scenario: Scenario): number => reservationOf(runOf(scenario), DEFAULT_ALLOCATOR_SETTINGS).neededBytes();

const EXPANDABLE = { ...DEFAULT_ALLOCATOR_SETTINGS, expandable_segments: true };

type AllocatorTimes = Readonly<
  { link: string; events: number } & Record<
    "layers" | "run" | "replay" | "needed" | "expandable" | "all" | "fresh",
    readonly number[]
  >
>;

/**
 * Milliseconds, link by link: all layers of a step run on paper; a run made of that at another length; a replay without a limit; a reservation (that, and the
 * search for the least limit), also with expandable segments; all for one scenario at another length (the run and its reservation); and that with new options
 * of the step (all layers on paper too).
 */
export const allocatorTimes = (form: Form): readonly AllocatorTimes[] =>
  LINKS.map((link) => {
    const scenario = scenarioOf(link);
    const options = tapeOptionsOf(WORKINGS, scenario, CUDA);
    const run = runOf(scenario);
    const longer = (index: number): Scenario => ({ ...scenario, sequence_length: 64 * (16 + Math.abs(index)) });
    return {
      link,
      events: run.first.events.length,
      layers: timesOf(REPEATS, () => void compileScript(WORKINGS, options), form),
      run: timesOf(REPEATS, (index) => void runOf(longer(index)), form),
      replay: timesOf(REPEATS, () => void replay(run, DEFAULT_ALLOCATOR_SETTINGS), form),
      needed: timesOf(REPEATS, () => void reservationOf(run, DEFAULT_ALLOCATOR_SETTINGS).neededBytes(), form),
      expandable: timesOf(REPEATS, () => void reservationOf(run, EXPANDABLE).neededBytes(), form),
      all: timesOf(REPEATS, (index) => void allOf(longer(index)), form),
      fresh: timesOf(
        REPEATS,
        (index) => {
          compileScript(WORKINGS, options);
          allOf(longer(index));
        },
        form,
      ),
    };
  });
