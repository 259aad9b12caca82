import { usableMemory } from "#calc/card/usable-memory.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import { type Catalog, POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import { OBTAINABLE_GPUS } from "#catalog/obtainable-gpus.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { once } from "#calc/base/caches.ts";
import { asksFreeMemory } from "#calc/model/scenario-traits.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { availableOn } from "#scenario/choices/card-use.ts";
import { type Trial, tryOut } from "./trial.ts";
import { ranksTogether } from "#calc/model/division.ts";
import { type MethodId, METHODS } from "#calc/model/scenario.ts";
import { chosenDivision } from "#scenario/choices/chosen-division.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { onCount } from "./on-several.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { settle } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** A card that could be named to the reader. */
export type CardCandidate = Readonly<{
  id: string;
  shortName: string;
  /** The size on the box: several cards share a name and differ in it. */
  memoryGb: number;
  usableBytes: number;
}>;

/** A card that is named, and how the run goes on it: it fits, or it may not fit (`tight`) where no candidate is known to be enough. */
export type FoundCard = CardCandidate & Readonly<{ fit: "fits" | "tight" }>;

/** A card is smaller when it has 5 % less: an A100 is not a way to save on an H100, nor an RTX 3090 a way out of an RTX 4090. */
const SMALLER = 0.95;

export const isSmaller = (oneBytes: number, otherBytes: number): boolean => oneBytes < SMALLER * otherBytes;

/**
 * The cards that an answer may name, smallest usable memory first; of the same memory, in the order of the catalog. They are cards that people have or rent, whole
 * ones of NVIDIA with bf16, because the training libraries (bitsandbytes, flash kernels) are written for them: a run that works on one of them works on all.
 * They are popular cards only. The first answer knows no others, so verdict, `advise`, badge and matrix name the same card, before and after all GPUs are loaded.
 */
export const CARD_CANDIDATES: readonly CardCandidate[] = Object.entries(POPULAR_CATALOG.gpus)
  .filter(
    ([id, row]) => OBTAINABLE_GPUS[id] !== undefined && row.vendor === "NVIDIA" && row.bf16Supported && !row.sliceOf,
  )
  .map(([id, row]) => ({
    id,
    shortName: row.shortName,
    memoryGb: row.memoryGb,
    usableBytes: usableMemory(row).usableBytes,
  }))
  .toSorted((one, other) => one.usableBytes - other.usableBytes);

/** A card that stands for all that advice may name, as what runs is the same on all of them. Every catalog holds the default card, which is one. */
export const usualCard = (catalog: Catalog): GpuChoice => {
  const { id } = answerGpu(DEFAULT_CHOICES.gpu, catalog);
  return { kind: "catalog", id };
};

/**
 * The smallest card on which a run fits. Where it fits on none, the smallest on which it may not fit, which `fit` says; null where it is too much for all.
 *
 * @param candidates the smallest first
 * @param fitOn how the run goes on a card
 */
export const smallestGpu = (
  candidates: readonly CardCandidate[],
  fitOn: (card: CardCandidate) => Fit,
): FoundCard | null => {
  let close: FoundCard | null = null;
  for (const card of candidates) {
    const fit = fitOn(card);
    if (fit === "fits") return { ...card, fit };
    if (fit === "tight") close ??= { ...card, fit };
  }
  return close;
};

/**
 * How the method in focus of some choices goes on each card that an answer may name. One run of the engine stands for all of them, as what runs is the same there;
 * each has its own where a loss goes by the card's free memory.
 */
export const fitByCard = (choices: Choices, catalog: Catalog): ((card: CardCandidate) => Fit) => {
  const tryOn = (gpu: Choices["gpu"]): Trial => tryOut({ ...choices, gpu }, catalog);
  const ofAll = once(() => tryOn(usualCard(catalog)));
  return ({ id, usableBytes }) => {
    const { lacks, scenario } = ofAll();
    if (lacks.length > 0) return "cannot-run";
    const { taken } = asksFreeMemory(scenario.loss) ? tryOn({ kind: "catalog", id }) : ofAll();
    return taken.fitWith(availableOn(choices, usableBytes));
  };
};

/** The smallest card for a method, and how many of it; null where no number of any card is enough. */
export type SmallestCard = Readonly<{ method: MethodId; found: (FoundCard & { gpus: number }) | null }>;

/** Counts that are tried after the chosen one: one, two, four or eight of a machine, then whole machines of eight. */
const COUNTS = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 2048, RANGES.gpus.max];

/**
 * The smallest card on which a method fits, everything else as it is: the fewest cards first (from the chosen number on, the model sharded over more, in multiples
 * of those that divide it), then the smallest. Where it fits on no number of any card, the first on which it may not fit. The cards are `CARD_CANDIDATES`.
 */
export const smallestCard = (choices: Choices, method: MethodId, catalog: Catalog): SmallestCard => {
  const division = chosenDivision(choices, chosenArchitecture(choices, catalog), method);
  const together = ranksTogether(division);
  const more = COUNTS.filter((count) => count > choices.gpus && count % together === 0);
  let close: SmallestCard["found"] = null;
  for (const gpus of [choices.gpus, ...more]) {
    const card = smallestGpu(CARD_CANDIDATES, fitByCard({ ...onCount(choices, gpus), method }, catalog));
    if (card?.fit === "fits") return { method, found: { ...card, gpus } };
    if (card !== null) close ??= { ...card, gpus };
  }
  return { method, found: close };
};

/** A method in focus on the smallest card that holds it, with what it takes there; `answer` is null where no number of any card is enough. */
type SmallestRun = Readonly<{ method: MethodId; answer: Answer | null }>;

const runOn = (asked: Choices, catalog: Catalog): Answer => {
  const show = METHODS.filter((method) => method === asked.method || asked.show.includes(method));
  const choices = settle({ ...asked, show });
  // The link shows the other methods, too; they are counted when it is opened.
  return { ...toAnswer({ ...choices, show: [choices.method] }, catalog), choices };
};

const smallestRun = (choices: Choices, method: MethodId, catalog: Catalog): SmallestRun => {
  const { found } = smallestCard(choices, method, catalog);
  if (found === null) return { method, answer: null };
  const gpu = { kind: "catalog", id: found.id } as const;
  return { method, answer: runOn({ ...onCount(choices, found.gpus), method, gpu }, catalog) };
};

/**
 * What methods take on the smallest card of each (`smallestCard` says which that is): a figure that is true of that card, and not of the chosen one, which
 * may run the method otherwise.
 *
 * @yields after each method
 */
export function* smallestRuns(
  { choices, methods }: Readonly<{ choices: Choices; methods: readonly MethodId[] }>,
  catalog: Catalog,
): Generator<void, readonly SmallestRun[]> {
  const runs: SmallestRun[] = [];
  for (const method of methods) {
    runs.push(smallestRun(choices, method, catalog));
    yield;
  }
  return runs;
}
