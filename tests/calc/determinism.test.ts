import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Scenario } from "#calc/model/scenario.ts";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import { PYTHIA_MODELS } from "#catalog/models/pythia.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { modelArchitecture } from "#scenario/choices/chosen-model.ts";
import { toScenario } from "#scenario/choices/method-scenario.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

/** The rows alone: the full catalog brings code with it. */
const CATALOG = { ...POPULAR_CATALOG, models: { ...POPULAR_CATALOG.models, ...PYTHIA_MODELS } };

const scenarioOf = (link: string): Scenario => {
  const { value: choices } = decodeLink(link, null);
  const architecture = modelArchitecture(choices.model, CATALOG);
  return toScenario(choices, { architecture, statedParameters: null, card: TRAITS_OF_ANY }, choices.method);
};

/** PyTorch's peak of scenarios that each take code which the first screen goes without. */
const PEAKS = [
  // 2.539 GiB: a family, an optimizer and several GPUs.
  ["?v=1&model=pythia-1b&method=full&autocast=0&optim=muon&gpus=4&shard=fsdp2", 2_725_995_008],
  // 25.174 GiB: checkpoints that keep some outputs.
  ["?v=1&model=llama-3.1-8b&method=lora&selective=op", 27_030_226_944],
  // 18.208 GiB: another library's modelling code.
  ["?v=1&model=llama-3.1-8b&method=lora&stack=unsloth", 19_550_799_872],
  // 8.824 GiB: several GPUs alone.
  ["?v=1&model=llama-3.1-8b&method=lora&gpus=4&shard=fsdp2", 9_474_601_472],
] as const;

type Question = Readonly<{ link: string; scenario: Scenario; peakBytes: number }>;

/** The same objects for all tests, as the page keeps them while code arrives. */
const QUESTIONS: readonly Question[] = PEAKS.map(([link, peakBytes]) => ({
  link,
  scenario: scenarioOf(link),
  peakBytes,
}));

/** What the engine says of a scenario; of one that it throws at, the message. */
const estimatesOf = async (scenario: Scenario): Promise<number | string> => {
  const { ENGINE } = await import("#calc/whole-engine.ts");
  try {
    const answer = ENGINE.estimate(scenario);
    return "refused" in answer ? answer.sentence : answer.peakBytes;
  } catch (error) {
    return String(error);
  }
};

/** Everything that the page loads late. */
const loadTheRest = () => import("#catalog/full-catalog.ts");

type Peaks = Readonly<Record<string, number | string>>;

const askAll = async (questions: readonly Question[]): Promise<Peaks> => {
  const peaks: Record<string, number | string> = {};
  for (const { link, scenario } of questions) peaks[link] = await estimatesOf(scenario);
  return peaks;
};

const RIGHT: Peaks = Object.fromEntries(PEAKS);

describe.each([
  ["in one order", QUESTIONS],
  ["in the other order", QUESTIONS.toReversed()],
])("The same scenario gives the same bytes, asked %s,", (_order, questions) => {
  // Modules are evaluated anew, so that nothing of what the setup of these tests loads is there.
  beforeEach(() => {
    vi.resetModules();
  });

  test("before the rest of the code is loaded and after", async () => {
    const before = await askAll(questions);
    await loadTheRest();
    expect({ before, after: await askAll(questions) }).toEqual({ before: RIGHT, after: RIGHT });
  });

  test("once all code is loaded, and again", async () => {
    await loadTheRest();
    const first = await askAll(questions);
    expect({ first, again: await askAll(questions) }).toEqual({ first: RIGHT, again: RIGHT });
  });

  test("beside the answers to all others and alone", async () => {
    const together = await askAll(questions);
    const alone: Record<string, number | string> = {};
    for (const { link, scenario } of questions) {
      vi.resetModules();
      alone[link] = await estimatesOf(scenario);
    }
    expect({ together, alone }).toEqual({ together: RIGHT, alone: RIGHT });
  });
});
