// Meaning of the figures, their expected error, and what is approximate.

import type { AnswerGpu, MethodAnswer, Answer } from "#scenario/choices/answer.ts";
import { NO_REPLAY_WORDS, noReplayReason } from "#scenario/choices/no-replay.ts";
import type { ReactElement } from "react";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { mostSeenOnCard } from "#calc/card/usable-memory.ts";
import { explainBasis } from "#calc/explain/memory-basis.ts";
import { type EdgeClass, edgeClass, type OnCard } from "#calc/model/memory-estimate.ts";
import { formatGib } from "#format/bytes.ts";
import styles from "./HowSure.module.css";

/** Why the figures of a method on a card go by the rule, in a sentence; null where PyTorch's allocator was replayed. */
const ruleReason = (method: MethodAnswer, gpu: AnswerGpu): string | null => {
  const reason = noReplayReason(method, gpu);
  return reason === null ? null : NO_REPLAY_WORDS[reason].sentence;
};

const NBSP = "\u00a0";
const gib = (bytes: number): string => `${formatGib(bytes)}${NBSP}GiB`;

/** "0.4 GiB", and with several GPUs also NCCL's 1.5. */
const overheadText = (gpus: number): string =>
  gpus > 1
    ? `0.4${NBSP}GiB of CUDA context + 1.5${NBSP}GiB of NCCL buffers, because there are several GPUs`
    : `0.4${NBSP}GiB of CUDA context`;

const cardText = ({ gpu, usedBytes }: Answer): string => {
  const usable = `${gpu.name}: ${gib(gpu.usableBytes)} usable (${explainBasis(gpu.basis)}${gpu.estimated ? "; estimated" : ""})`;
  return usedBytes > 0 ? `${usable}, ${gib(usedBytes)} already in use.` : `${usable}.`;
};

/** Where the card's line lies in the range, when it does. */
const crossing = ({ gpu, usedBytes }: Answer, { card, estimate }: MethodAnswer): string => {
  const available = gpu.usableBytes - usedBytes;
  const [low, high] = estimate.onCardRangeBytes;
  if (card.fit === "tight") return ` In the ${gib(available)} of the card it may not fit.`;
  if (card.fit === "fits" && high > available) return ` Only the high end passes the ${gib(available)} of the card.`;
  return card.fit === "over" && low <= available ? ` Only the low end is below the ${gib(available)} of the card.` : "";
};

type Words = Readonly<{ needed: string; reserved: string }>;

/** The bytes that "fits" asks for: `comfortableBytes`. */
const FITS: Readonly<Record<EdgeClass, string>> = {
  one: `at least 3${NBSP}% of needed plus 0.1${NBSP}GiB free`,
  several: `at most 90${NBSP}% of each card needed`,
  rule: `at most 80${NBSP}% of the card needed, because the allocator is not replayed`,
};

/** The figures of the allocator by its replay. */
const replayWords = ({ neededBytes, reservedBytes }: OnCard, gpus: number): Words => ({
  needed: `${gib(neededBytes)}, the least that PyTorch’s allocator goes on with, + ${overheadText(gpus)}. The allocator was replayed with all that this run asks of it: freed blocks leave gaps too small to be used again. Other sizes leave other gaps, so a larger batch may need less.`,
  reserved: `By the same replay the allocator holds ${gib(reservedBytes)} while there is room`,
});

/** The figures of the allocator by the rule. */
const ruleWords = ({ reservedBytes }: OnCard, gpus: number): Words => ({
  needed: `1.02${NBSP}×${NBSP}peak + ${overheadText(gpus)}. 1.02 is the least of ten measured pairs, the same for every run.`,
  reserved: `The allocator usually reserves ${gib(reservedBytes)} while there is room, 1.08${NBSP}×${NBSP}peak, the middle of those pairs`,
});

type HowSureProps = Readonly<{
  answer: Answer;
  focus: MethodAnswer;
  approximations: readonly string[];
  ranAs: string | null;
}>;

/** What the figures mean, how far they may be off, and what is not exact: in words, under the formulas. */
export const HowSure = ({ answer, focus, approximations, ranAs }: HowSureProps): ReactElement => {
  const { estimate, method, scenario } = focus;
  const [low, high] = estimate.onCardRangeBytes;
  const seenBytes = mostSeenOnCard(estimate, focus.card);
  const words = (estimate.basis === "replay" ? replayWords : ruleWords)(estimate, answer.choices.gpus);
  return (
    <dl className={styles.sure}>
      <dt>Allocated</dt>
      <dd>
        {scenario.accounting === "bytes-per-parameter" ? (
          "Here the sum of a flat rule of thumb, bytes for each parameter; a real run peaks higher. "
        ) : (
          <>
            What <code>torch.cuda.max_memory_allocated()</code> says: the highest moment of one training step, not a sum
            of everything.{" "}
          </>
        )}
        {METHOD_NAMES[method].label}: {gib(estimate.peakBytes)} on each GPU.
      </dd>
      <dt>Needed on the card</dt>
      <dd>
        What must fit: {words.needed} {ruleReason(focus, answer.gpu)}
      </dd>
      <dt>Seen on this card</dt>
      <dd>
        {seenBytes === null ? "Nothing, as it does not run there; with room to spare up to " : "Up to "}
        {gib(seenBytes ?? high)}, with the CUDA context{answer.choices.gpus > 1 && " and NCCL’s buffers"}.{" "}
        {words.reserved}, and gives back before it fails.
      </dd>
      <dt>Range</dt>
      <dd>
        {gib(low)} to {gib(high)} on the card. “Fits” means {FITS[edgeClass(estimate.basis, answer.choices.gpus)]}; “may
        not fit” means less room.{crossing(answer, focus)}
      </dd>
      <dt>Against real runs</dt>
      <dd>
        <a href="#accuracy">Predicted against measured</a>: runs that other people measured and published, how far off
        each is, and why.
      </dd>
      <dt>Card</dt>
      <dd>{cardText(answer)}</dd>
      {ranAs !== null && (
        <>
          <dt>Library</dt>
          <dd>{ranAs} Another version may take more or less.</dd>
        </>
      )}
      {approximations.length > 0 && (
        <>
          <dt>Not exact here</dt>
          <dd>
            {approximations.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
};
