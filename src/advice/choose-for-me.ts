// Method and rank chosen from data size and task, with changes that keep the result the same.

import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { formatCount } from "#format/numbers.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type DataSize, DATA_SIZE_NAMES, RANK_BY_DATA, type Task } from "./article-figures.ts";
import { gibWords } from "./gpu-words.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { changedPatch, turnKnobs } from "./knob-search.ts";
import { smallestSet } from "./change-offers.ts";
import { type Trial, evaluateTrial } from "./trial.ts";
import { withoutIgnored } from "./knobs/all-knobs.ts";

/** What somebody says who wants to be told: how much data, for what; model and card are those of the scenario. */
export type Wish = Readonly<{ data: DataSize; task: Task }>;

/** A scenario that fits, and why it is this one; null where no method can be made to fit. */
export type Chosen = Readonly<{ patch: Partial<Choices> | null; trial: Trial | null; reasons: readonly string[] }>;

/** What is changed without being asked for: what leaves the result as it is. */
const SAME_RESULT = ["free", "slower"] as const;

/** The article's order: full from 100K examples on or for a very different domain, LoRA else; QLoRA where those do not fit. */
const wished = ({ data, task }: Wish): readonly MethodId[] =>
  data === "over100k" || task === "newDomain" ? METHODS : ["lora", "qlora"];

const rankOf = ({ data, task }: Wish): number => RANK_BY_DATA[data][task === "simple" ? "simple" : "complex"][1];

const reasonFor = (wish: Wish, method: MethodId): string => {
  if (method === "full")
    return wish.task === "newDomain"
      ? "The article chooses full fine-tuning for a very different domain."
      : "The article chooses full fine-tuning from 100K examples on.";
  return `For ${DATA_SIZE_NAMES[wish.data]} examples the article goes up to rank ${formatCount(rankOf(wish))}; alpha is twice the rank.`;
};

/** A plain scenario of a method: nothing is left of earlier changes but model, card, library, batch and length. */
const plainly = (choices: Choices, wish: Wish, method: MethodId): Partial<Choices> => ({
  method,
  show: METHODS.filter((each) => each === method || choices.show.includes(each)),
  r: rankOf(wish),
  alpha: null,
  targets: "all-linear",
  tuner: "lora",
  dora: false,
  save: [],
  ckpt: true,
  packing: true,
  attn: null,
  compute: null,
  weights: null,
  grads: null,
  adapters: null,
  loss: null,
  optim: null,
  offload: "none",
  // Adapters on all linears stand beside fused experts, too, which GPUs cannot share out then.
  ...(method !== "full" && { ep: 1 }),
});

/** "fits as it is, with 3.0 GiB to spare", "may fit once you ...: 0.4 GiB free". */
const outcome = ({ fit, card }: Trial, changes: string | null): string => {
  const size = gibWords(card.headroomBytes);
  if (fit === "tight")
    return `${changes === null ? "may not fit as it is" : `may fit once you ${changes}`}: ${size} free`;
  const spare = `with ${size} to spare`;
  return changes === null ? `fits as it is, ${spare}` : `fits ${spare} once you ${changes}`;
};

/** A method made to fit by changes that leave the result as it is; null where they are not enough. */
function* madeToFit(
  choices: Choices,
  patch: Partial<Choices>,
  catalog: Catalog,
): Generator<void, Readonly<{ patch: Partial<Choices>; trial: Trial; words: string }> | null> {
  const start = evaluateTrial({ ...choices, ...patch }, catalog);
  yield;
  if (start.isWayOut) return { patch, trial: start, words: outcome(start, null) };
  const turned = yield* turnKnobs(start, catalog);
  const set = yield* smallestSet(start, turned, { catalog, groups: SAME_RESULT });
  if (set === null) return null;
  const changes = set.knobs.map(({ phrase }) => phrase).join(" and ");
  return {
    patch: { ...patch, ...changedPatch(start.choices, set.trial.choices) },
    trial: set.trial,
    words: outcome(set.trial, changes),
  };
}

/**
 * From data and task to a scenario on the chosen card: the article's method and rank, and where the engine says that it does not fit, the changes that leave
 * the result as it is; where those are not enough, the next lighter method.
 */
export function* chooseForMe(choices: Choices, wish: Wish, catalog: Catalog): Generator<void, Chosen> {
  const reasons: string[] = [];
  for (const method of wished(wish)) {
    const name = METHOD_NAMES[method].label;
    reasons.push(reasonFor(wish, method));
    const found = yield* madeToFit(choices, plainly(choices, wish, method), catalog);
    if (found !== null) {
      const trial = withoutIgnored(choices, found.trial, catalog);
      const patch = { ...found.patch, ...changedPatch(choices, trial.choices) };
      return { patch, trial, reasons: [...reasons, `${name} ${found.words}.`] };
    }
    reasons.push(`${name} does not fit this card, not even by changes that leave its result as it is.`);
  }
  return { patch: null, trial: null, reasons };
}
