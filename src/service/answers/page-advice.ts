import { listedAdvice } from "#advice/advise.ts";
import { hostMachine } from "#advice/host-machine.ts";
import type { Knob } from "#advice/knob.ts";
import { patchTo } from "#advice/patch-to.ts";
import type { SmallestCard } from "#advice/smallest-card.ts";
import type { Trial } from "#advice/trial.ts";
import { groupOf } from "#advice/turn-knobs.ts";
import { estimated } from "#calc/model/estimated.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { configLines } from "#interop/config-lines/config-lines.ts";
import type { ConfigLines } from "#interop/config-lines/lines-between.ts";
import type { Choices } from "#scenario/keys/choices.ts";

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
      patch: patchTo(choices, trial.choices),
      savedBytes,
      card: trial.card,
      hostBytes: groupOf(knob) === "offload" ? hostBytesOf(trial) : 0,
      lines: configLines(choices, trial.choices, catalog),
    });
    yield;
  }
  return { choices, changes, smallestCards };
}
