// Short answers: tried changes, sweeps, targets, first advice, errors, measured rows and scripts.

import { type Trial, evaluateTrial, availableBytes } from "#advice/trial.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { changedPatch, groupOf } from "#advice/knob-search.ts";
import { type Price, PRICES } from "#advice/prices.ts";
import { type FailedRequest, waysOut } from "#advice/oom-changes.ts";
import { type CardFit, type MemoryEstimate, estimated } from "#calc/model/memory-estimate.ts";
import { configLines, type ConfigLines } from "#interop/config-lines/config-lines.ts";
import { findLargest, type InverseId, roomWords } from "#advice/largest-setting.ts";
import type { Largest } from "#advice/largest-search.ts";
import { sweep, type SweepCurve, type SweepLine } from "#advice/sweep.ts";
import type { SweepAxis } from "#advice/sweep-axes.ts";
import { bytes } from "#calc/base/bytes.ts";
import { TARGET_PRESETS, type TargetPreset } from "#calc/model/layout.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { type Chosen, chooseForMe, type Wish } from "#advice/choose-for-me.ts";
import { topChange, type TopChange, topChangeFacts } from "#advice/top-change.ts";
import { loadedWeights } from "#advice/loaded-weights.ts";
import type { LoadedBases } from "#advice/serving.ts";
import type { SmallestCard } from "#advice/smallest-gpu.ts";
import { listedAdvice } from "#advice/advise.ts";
import { hostMachine } from "#advice/host-machine.ts";
import type { Knob } from "#advice/knobs/knob.ts";

/** What the engine says of the method in focus once something was changed. */
export type TrialFigures = Pick<Trial, "onCardBytes" | "card">;

/**
 * The method in focus of some choices with each of these changes, one at a time.
 *
 * @yields after each run of the engine
 */
export function* triedPatches(
  { choices, patches }: Readonly<{ choices: Choices; patches: readonly Partial<Choices>[] }>,
  catalog: Catalog,
): Generator<void, readonly TrialFigures[]> {
  const tried: TrialFigures[] = [];
  for (const patch of patches) {
    const { onCardBytes, card } = evaluateTrial({ ...choices, ...patch }, catalog);
    tried.push({ onCardBytes, card });
    yield;
  }
  return tried;
}

/** A change that takes a request away or makes it smaller, and what comes of it. */
type OfferedWay = Readonly<{
  title: string;
  detail: string | undefined;
  price: Price;
  patch: Partial<Choices>;
  savedBytes: number;
  card: CardFit;
  lines: ConfigLines;
}>;

/**
 * What can be done about a request that failed.
 *
 * @yields after each run of the engine
 */
export function* offeredWays(
  { choices, request }: Readonly<{ choices: Choices; request: FailedRequest }>,
  catalog: Catalog,
): Generator<void, readonly OfferedWay[]> {
  const ways = yield* waysOut(choices, request, catalog);
  return ways.map(({ knob, trial, savedBytes }) => ({
    title: knob.title,
    detail: knob.detail,
    price: PRICES[knob.price],
    patch: changedPatch(choices, trial.choices),
    savedBytes,
    card: trial.card,
    lines: configLines(choices, trial.choices, catalog),
  }));
}

const FIELDS = { maxBatch: "batch", maxSequence: "seq", maxRank: "r" } as const satisfies Partial<
  Record<InverseId, keyof Choices>
>;
const IDS = ["maxBatch", "maxSequence", "maxRank"] as const satisfies readonly (keyof typeof FIELDS)[];

/**
 * What can still grow in some choices, a phrase each, for the method in focus.
 *
 * @param except fields that were just made smaller, and so do not grow
 * @yields after each search
 */
export function* roomLeft(
  { choices: asked, except }: Readonly<{ choices: Choices; except: readonly (keyof Choices)[] }>,
  catalog: Catalog,
): Generator<void, readonly string[]> {
  const start = evaluateTrial(asked, catalog);
  const { choices } = start;
  const card = { availableBytes: availableBytes(choices, catalog), catalog };
  const found: Partial<Record<InverseId, Largest>> = {};
  for (const id of IDS.filter((each) => !except.includes(FIELDS[each]))) {
    if (id === "maxRank" && choices.method === "full") continue;
    found[id] = yield* findLargest(id, start, card);
    yield;
  }
  return roomWords(choices, found);
}

/** What a curve is held against: a card, as the picture names it, and what a run can have of it. */
type Capacity = Readonly<{ label: string; bytes: number; chosen: boolean }>;

type Sweep = Readonly<{ axis: SweepAxis; lines: readonly SweepLine[]; capacities: readonly Capacity[] }>;

/** A sweep with all that its picture is drawn from, so that curves, names and cards are of one question. */
type Swept = Sweep & Readonly<{ curves: readonly SweepCurve[] }>;

/**
 * Memory on the card as one setting varies, everything else unchanged.
 *
 * @yields after each point
 */
export function* sweepAnswer(
  { choices, axis, lines, capacities }: Sweep & Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, Swept> {
  const limits = capacities.map((capacity) => bytes(capacity.bytes));
  return { axis, lines, capacities, curves: yield* sweep({ axis, choices, lines }, limits, catalog) };
}

/** What adapters on the modules of a preset train, and what the run takes then. */
type TargetFigures = Pick<MemoryEstimate, "trainableParams" | "onCardBytes"> & Readonly<{ preset: TargetPreset }>;

/**
 * A method with its adapters on each preset that the model's family offers, everything else as it is.
 *
 * @yields after each run of the engine
 */
export function* targetFigures(
  { choices, method }: Readonly<{ choices: Choices; method: MethodId }>,
  catalog: Catalog,
): Generator<void, readonly TargetFigures[]> {
  const architecture = chosenArchitecture(choices, catalog);
  const figures: TargetFigures[] = [];
  for (const preset of TARGET_PRESETS) {
    if (ENGINE.targetModules(architecture, preset) === null) continue;
    const { methods } = toAnswer({ ...choices, targets: preset, show: [method] }, catalog);
    for (const { estimate } of methods) {
      const { trainableParams, onCardBytes } = estimate;
      figures.push({ preset, trainableParams, onCardBytes });
    }
    yield;
  }
  return figures;
}

/** A scenario that fits, what it is on the card and why it is this one; null where no method can be made to fit. */
type ChosenForMe = Pick<Chosen, "patch" | "reasons"> & Readonly<{ card: CardFit | null }>;

/**
 * From data and task to a scenario on the chosen card.
 *
 * @yields after each run of the engine
 */
export function* chosenForMe(
  { choices, wish }: Readonly<{ choices: Choices; wish: Wish }>,
  catalog: Catalog,
): Generator<void, ChosenForMe> {
  const { patch, reasons, trial } = yield* chooseForMe(choices, wish, catalog);
  return { patch, reasons, card: trial?.card ?? null };
}

/**
 * The one sentence of advice, before all that is listed under it.
 *
 * @yields after each run of the engine
 */
export function* firstAdvice(
  { choices }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, TopChange> {
  return topChange(yield* topChangeFacts(choices, catalog));
}

/**
 * What is loaded for serving: a base in 16 bits and a quantised one, each with one adapter.
 *
 * @yields between the two
 */
export function* loadedBases(
  { choices }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, LoadedBases> {
  const lora = loadedWeights(choices, "lora", catalog);
  yield;
  return { lora, qlora: loadedWeights(choices, "qlora", catalog) };
}

/** What a change comes to: what it saves on the card, what the method is on the card then, and what of a host's memory it takes. */
type Outcome = Readonly<{ savedBytes: number; card: CardFit; hostBytes: number }>;

/** What a change moves to the host, for all GPUs of a machine. */
const hostBytesOf = ({ scenario, choices }: Trial): number =>
  hostMachine(estimated(ENGINE.estimate(scenario)).hostBytes, choices.gpus).bytes;

/** The list under the one sentence of advice, as the page has it: without the scenarios that were tried. */
export type PageAdvice = Readonly<{
  /** What it is about, the method in focus. */
  choices: Choices;
  /** Those that save something, the largest saving first. */
  changes: readonly (Outcome & Readonly<{ knob: Knob; patch: Partial<Choices>; lines: ConfigLines }>)[];
  smallestCards: readonly SmallestCard[];
}>;

/** @yields after each run of the engine */
export function* pageAdvice(
  { choices: asked }: Readonly<{ choices: Choices }>,
  catalog: Catalog,
): Generator<void, PageAdvice> {
  const { start, knobs, smallestCards } = yield* listedAdvice(asked, catalog);
  const { choices } = start;
  const changes: PageAdvice["changes"][number][] = [];
  for (const { knob, trial, savedBytes } of knobs) {
    changes.push({
      knob,
      patch: changedPatch(choices, trial.choices),
      savedBytes,
      card: trial.card,
      hostBytes: groupOf(knob) === "offload" ? hostBytesOf(trial) : 0,
      lines: configLines(choices, trial.choices, catalog),
    });
    yield;
  }
  return { choices, changes, smallestCards };
}
