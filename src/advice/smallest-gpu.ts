// Smallest GPU on which a run fits, and the fewest of the chosen GPU.

import { minimumRanks } from "#calc/model/division.ts";
import { type Sharding, type MethodId, METHODS, type Scenario } from "#calc/model/scenario.ts";
import { type Catalog, POPULAR_CATALOG } from "#catalog/catalog.ts";
import { gpuPhrase } from "#format/phrases.ts";
import { formatCount } from "#format/numbers.ts";
import { answerGpu } from "#scenario/choices/chosen-gpu.ts";
import { chosenDivision } from "#scenario/choices/chosen-division.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import { type Choices, DEFAULT_CHOICES, RANGES } from "#scenario/keys/choices.ts";
import { impliedChoices } from "#scenario/choices/resolve-stack.ts";
import { GPUS_WORDS } from "#scenario/words/key-words.ts";
import { usableMemory } from "#calc/card/usable-memory.ts";
import { type Fit, estimated, type CardFit, type MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { OBTAINABLE_GPUS } from "#catalog/obtainable-gpus.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";
import { once } from "#calc/base/caches.ts";
import { asksFreeMemory } from "#calc/model/scenario-traits.ts";
import { availableCardBytes, cardMemoryOf } from "#scenario/choices/gpu-memory.ts";
import { type Trial, evaluateTrial } from "./trial.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { settle } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { type CardCandidate, gibWords } from "./gpu-words.ts";
import type { Bytes } from "#calc/base/bytes.ts";
import { fitOnCard, withOnCard } from "#calc/card/fit.ts";
import type { CardUse } from "#calc/card/card-use.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";

/** Two, four or eight of a machine, then whole machines of eight. */
const SHARDED_COUNTS = [2, 4, 8, 16, 24, 32, 48, 64, 96, 128] as const;

/** What divides weights too: with less, more cards would not help. */
const SHARDS_ALL: readonly (Sharding | null)[] = ["zero3", "fsdp1", "fsdp2"];

/** Makers whose cards FSDP and ZeRO share a model over. */
const SHARED_BY: readonly string[] = ["NVIDIA", "AMD", "Intel"];

/** The same on another number of cards, the model divided over them: by FSDP 2 unless another way to divide all is chosen. */
export const dividedOver = ({ shard }: Choices, gpus: number): Pick<Choices, "gpus" | "shard"> => ({
  gpus,
  shard: SHARDS_ALL.includes(shard) ? shard : null,
});

/** All choices on a number of cards; on the number that is chosen they stay as they are. */
export const withGpuCount = (choices: Choices, gpus: number): Choices =>
  gpus === choices.gpus ? choices : { ...choices, ...dividedOver(choices, gpus) };

/** "16 × H100 with FSDP 2" */
export const gpuCountWords = (choices: Choices, count: number, catalog: Catalog): string => {
  const { shortName } = answerGpu(choices.gpu, catalog);
  const cards = choices.gpu.kind === "custom" ? `${formatCount(count)} of these cards` : gpuPhrase(shortName, count);
  return `${cards} with ${GPUS_WORDS.shard.values[impliedChoices({ ...choices, ...dividedOver(choices, count) }).shard]}`;
};

/** By how much less all ranks together may take than one card alone: what is cast to fp32 on one, as by k-bit preparation, may stay in 16 bits on ranks that share it. */
const CAST = 2;

/** Numbers of the chosen card that could share the model, more than are chosen; none where such cards cannot reach each other. */
export const largerCounts = (choices: Choices, catalog: Catalog): readonly number[] => {
  const { id, basis, traits } = answerGpu(choices.gpu, catalog);
  const vendor = choices.gpu.kind === "custom" ? "NVIDIA" : (catalog.gpus[id]?.vendor ?? "");
  if (basis.of === "unified" || traits.isAlone || !SHARED_BY.includes(vendor)) return [];
  const ranks = minimumRanks(chosenDivision(choices, chosenArchitecture(choices, catalog)));
  return SHARDED_COUNTS.filter((count) => count > choices.gpus && count % ranks === 0);
};

/**
 * Those that could hold among them what each of the chosen ones takes: each needs at least its share, but for what is not cast there.
 *
 * @param onCardBytes what each of the chosen cards takes
 */
export const holdingCounts = (
  choices: Choices,
  { availableBytes, onCardBytes }: Readonly<{ availableBytes: number; onCardBytes: number }>,
  catalog: Catalog,
): readonly number[] =>
  largerCounts(choices, catalog).filter((count) => CAST * count * availableBytes >= choices.gpus * onCardBytes);

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
  const tryOn = (gpu: Choices["gpu"]): Trial => evaluateTrial({ ...choices, gpu }, catalog);
  const ofAll = once(() => tryOn(usualCard(catalog)));
  return ({ id, usableBytes }) => {
    const { lacks, scenario } = ofAll();
    if (lacks.length > 0) return "cannot-run";
    const { taken } = asksFreeMemory(scenario.loss) ? tryOn({ kind: "catalog", id }) : ofAll();
    return taken.fitWith(availableCardBytes(choices, usableBytes));
  };
};

/** The smallest card for a method, and how many of it; null where no number of any card is enough. */
export type SmallestCard = Readonly<{ method: MethodId; found: (FoundCard & { gpus: number }) | null }>;

/** Counts that are tried after the chosen one: one, two, four or eight of a machine, then whole machines of eight. */
const SEARCHED_COUNTS = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 2048, RANGES.gpus.max];

/**
 * The smallest card on which a method fits, everything else as it is: the fewest cards first (from the chosen number on, the model sharded over more, in multiples
 * of those that divide it), then the smallest. Where it fits on no number of any card, the first on which it may not fit. The cards are `CARD_CANDIDATES`.
 */
export const smallestCard = (choices: Choices, method: MethodId, catalog: Catalog): SmallestCard => {
  const division = chosenDivision(choices, chosenArchitecture(choices, catalog), method);
  const together = minimumRanks(division);
  const more = SEARCHED_COUNTS.filter((count) => count > choices.gpus && count % together === 0);
  let close: SmallestCard["found"] = null;
  for (const gpus of [choices.gpus, ...more]) {
    const card = smallestGpu(CARD_CANDIDATES, fitByCard({ ...withGpuCount(choices, gpus), method }, catalog));
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
  return { method, answer: runOn({ ...withGpuCount(choices, found.gpus), method, gpu }, catalog) };
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

/** One machine has up to eight; beyond that machines are added whole. */
const FEWEST_COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 32, 48, 64, 96, 128] as const;

/** How many cards it takes, what each holds then, and how it fits. */
type FewestGpus = Readonly<{ gpus: number; estimate: MemoryEstimate; card: CardFit }>;

/** A scenario on so many cards: what each takes, found out as far as it is asked, and the whole estimate. */
type OnCount = Readonly<{ taken: CardUse; estimate: () => MemoryEstimate }>;
type OnCounts = (gpus: number) => OnCount;

/** A scenario on 1, 2, 3 ... cards of a kind, each looked at when it is asked for and once. */
export const estimatesByCount = (scenario: Scenario, traits: CardTraits): OnCounts => {
  const known = new Map<number, OnCount>();
  const look = (gpus: number): OnCount => {
    const estimate = estimated(ENGINE.estimate({ ...scenario, gpus }));
    const taken = cardMemoryOf({ ...scenario, gpus }, estimate.peakBytes, traits);
    return { taken, estimate: once(() => withOnCard(estimate, taken.onCard(), gpus)) };
  };
  return (gpus) => {
    const on = known.get(gpus) ?? look(gpus);
    known.set(gpus, on);
    return on;
  };
};

/**
 * The fewest cards of so much memory that a scenario goes on, tightly or better, sharded as it says. Null when 128 are too few: what every rank
 * holds whole (a unit of the model, activations, logits) does not fit.
 *
 * @param onCount of `onCounts`, so that several cards share one walk
 * @param availableBytes usable memory of one card less what is already used on it
 * @param ranks how many cards share one model or its experts (`ranksTogether`): only multiples are asked
 */
export const fewestGpus = (onCount: OnCounts, availableBytes: Bytes, ranks = 1): FewestGpus | null => {
  for (const gpus of FEWEST_COUNTS.filter((count) => count % ranks === 0)) {
    const on = onCount(gpus);
    if (!on.taken.goesWith(availableBytes)) continue;
    const estimate = on.estimate();
    return { gpus, estimate, card: fitOnCard(estimate, availableBytes) };
  }
  return null;
};

/** How few of the chosen cards a method goes on, where it is divided over them; null where each has all of it. */
export const fewestWords = (
  { choices, gpu }: Pick<Answer, "choices" | "gpu">,
  { method, scenario }: MethodAnswer,
): string | null => {
  const { sharding, accounting } = scenario;
  if (sharding === "none" || sharding === "ddp" || accounting === "bytes-per-parameter") return null;
  const name = METHOD_NAMES[method].label;
  const fewest = fewestGpus(
    estimatesByCount(scenario, gpu.traits),
    availableCardBytes(choices, gpu.usableBytes),
    minimumRanks(scenario.division),
  );
  if (fewest === null) return `${name}: no number of ${gpu.shortName} holds it; what cannot be sharded is too much.`;
  const { gpus, estimate, card } = fewest;
  const tight = card.fit === "tight" ? ", which may not be enough" : "";
  return `${name} needs at least ${gpuPhrase(gpu.shortName, gpus)}${tight}: ${gibWords(estimate.onCardBytes)}${gpus > 1 ? " each" : ""}.`;
};
