// The JSON that `advise --json` prints and the API returns.

import type { Advice } from "#advice/advise.ts";
import type { InverseId } from "#advice/largest-setting.ts";
import { type Largest, NO_LARGEST } from "#advice/largest-search.ts";
import type { PriceGroup } from "#advice/prices.ts";
import type { Trial } from "#advice/trial.ts";
import { groupOf } from "#advice/knob-search.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import { chosenCard } from "#scenario/choices/chosen-gpu.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { type LinkValue, linkValues } from "#scenario/choices/estimate-json.ts";
import { resolveFor } from "#scenario/choices/effective-choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { notKnownJson } from "./given-scenario.ts";

/** A key of the link, and its values after all defaults. */
type Change = Readonly<{ key: string; from: LinkValue; to: LinkValue }>;

/** The object that `advise --json` prints for a link; public interface, so that fields are only ever added. */
export type AdviseJson = Readonly<{
  version: 1;
  /** The canonical link of what was asked about. */
  link: string;
  /** What the link does not say as a link should, as in `estimate`. */
  issues: readonly Issue[];
  /** A sentence where something that was asked for is not known: then there is no advice. Else null. */
  notKnown: string | null;
  /** Known names near to what is not known, up to five; empty where all is known. */
  nearest: readonly string[];
  /**
   * Each knob that saves something for the method in focus, the largest saving first, and other cards; `link` is the whole changed scenario, `group` what it
   * is paid with, `changes` each key of the link that takes another value.
   */
  knobs: readonly Readonly<{
    id: string;
    link: string;
    savedBytes: number;
    group: PriceGroup;
    changes: readonly Change[];
  }>[];
  /** What makes it fit, from the first groups that suffice; no ids where it does already, null where nothing makes it. */
  smallestSet: Readonly<{ ids: readonly string[]; link: string }> | null;
  inverse: Readonly<Record<InverseId, Largest>>;
  /** For each method shown; null where no number of any card is enough. `fit` is `tight` where it may not fit on any. */
  smallestGpu: readonly Readonly<{
    method: string;
    gpu: string | null;
    gpus: number | null;
    fit: "fits" | "tight" | null;
  }>[];
}>;

const valuesOf = ({ choices }: Trial): Readonly<Record<string, LinkValue>> =>
  linkValues(
    choices,
    resolveFor(choices, choices.method, {
      card: chosenCard(choices.gpu, FULL_CATALOG),
      architecture: chosenArchitecture(choices, FULL_CATALOG),
    }),
  );

const changesBetween = (before: Trial, after: Trial): readonly Change[] => {
  const [from, to] = [valuesOf(before), valuesOf(after)];
  return Object.keys(to)
    .filter((key) => from[key] !== to[key])
    .map((key) => ({ key, from: from[key] ?? null, to: to[key] ?? null }));
};

/** Advice where something that was asked for is not known: none, and why. @param issues those of the link */
export const noAdviceJson = (choices: Choices, issues: readonly Issue[]): AdviseJson => ({
  version: 1,
  link: encodeLink(choices),
  issues,
  ...notKnownJson(choices),
  knobs: [],
  smallestSet: null,
  inverse: { maxBatch: NO_LARGEST, maxSequence: NO_LARGEST, maxRank: NO_LARGEST, maxModelParams: NO_LARGEST },
  smallestGpu: [],
});

/**
 * Advice as `advise --json` prints it.
 *
 * @param issues those of the link; the answer's own are added
 */
export const adviseJson = (
  { start, knobs, smallestSet, inverse, smallestCards }: Advice,
  issues: readonly Issue[],
): AdviseJson => ({
  version: 1,
  link: encodeLink(start.choices),
  issues: [...issues, ...answerIssues(toAnswer(start.choices, FULL_CATALOG))],
  notKnown: null,
  nearest: [],
  knobs: knobs.map(({ knob, trial, savedBytes }) => ({
    id: knob.id,
    link: encodeLink(trial.choices),
    savedBytes,
    group: groupOf(knob),
    changes: changesBetween(start, trial),
  })),
  smallestSet:
    smallestSet === null
      ? null
      : { ids: smallestSet.knobs.map(({ id }) => id), link: encodeLink(smallestSet.trial.choices) },
  inverse,
  smallestGpu: smallestCards.map(({ method, found }) => ({
    method,
    gpu: found?.id ?? null,
    gpus: found?.gpus ?? null,
    fit: found?.fit ?? null,
  })),
});
