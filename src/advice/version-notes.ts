import { STACK_RELEASES } from "#catalog/stack-releases.ts";
import { stackLibrary } from "#catalog/stack-library.ts";
import { isStackId } from "#catalog/stacks.ts";
import { fitOnCard } from "#calc/card/fit-on-card.ts";
import { formatGib } from "#format/bytes.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { estimateOn } from "#scenario/choices/estimate-on.ts";
import { availableOn } from "#scenario/choices/in-use.ts";
import type { CardNote } from "./card-notes.ts";

const BEFORE_2_8 = "adamw_torch";
const FROM_2_8 = "adamw_torch_fused";

/** `adamw_torch` takes no more than this over the fused one: temporaries of `foreach` in fp32, two at a time. */
const MOST_BYTES_A_PARAMETER = 8;

/** A smaller difference is shown nowhere. */
const LEAST_SHOWN = 0.05 * 2 ** 30;

/** True if the optimizer of an older torch could change anything of the verdict: on a card that is not close it cannot. */
const isClose = ({ card, estimate, scenario }: MethodAnswer): boolean =>
  (card.fit === "fits" || card.fit === "tight") &&
  scenario.optim === FROM_2_8 &&
  (card.fit === "tight" || card.headroomBytes < 2 * MOST_BYTES_A_PARAMETER * estimate.trainableParams);

/** "TRL 1.16": without its month, where a sentence goes on. */
const shortName = ({ name, version }: ReturnType<typeof stackLibrary>): string =>
  version === null ? name : `${name} ${version}`;

const OUTCOMES = {
  fits: "which fits",
  tight: "which may not fit",
  over: "which does not fit",
  "cannot-run": "which cannot run",
} as const;

/**
 * Which optimizer is assumed where none is named and the library takes one by the version of torch: only where the method in focus is tight, or where the
 * other one would decide. null: no other version would say anything else.
 */
const optimizerNote = ({ choices, gpu, methods }: Answer): CardNote | null => {
  const { stack } = choices;
  const focus = methods.find(({ method }) => method === choices.method);
  if (focus === undefined || choices.optim !== null || !isStackId(stack)) return null;
  if (STACK_RELEASES[stack]?.optimByTorch !== true || !isClose(focus)) return null;
  const available = availableOn(choices, gpu.usableBytes);
  const older = estimateOn({ ...focus.scenario, optim: BEFORE_2_8 }, gpu.traits, available);
  const more = older.onCardBytes - focus.estimate.onCardBytes;
  const { fit } = fitOnCard(older, available);
  if (more < LEAST_SHOWN || (fit === focus.card.fit && fit !== "tight")) return null;
  const assumed = `${shortName(stackLibrary(stack))} is assumed with torch 2.8 or later: ${FROM_2_8}.`;
  const other = `Older torch takes ${BEFORE_2_8}: ${formatGib(more)} GiB more, ${OUTCOMES[fit]}.`;
  return { id: "optimizer-of-torch", says: `${assumed} ${other}` };
};

/** A library that does not checkpoint by itself, and a scenario that does. */
const checkpointsNote = ({ choices }: Answer): CardNote | null => {
  const { stack, ckpt } = choices;
  if (!ckpt || !isStackId(stack) || STACK_RELEASES[stack]?.checkpoints !== false) return null;
  const name = shortName(stackLibrary(stack));
  return {
    id: "checkpoints-of-version",
    says: `${name} does not checkpoint by default; this scenario has gradient checkpointing on.`,
  };
};

/** The result with another version of the library, where the answer could be read as that one's. */
export const versionNotes = (answer: Answer): readonly CardNote[] =>
  [checkpointsNote(answer), optimizerNote(answer)].filter((note) => note !== null);
