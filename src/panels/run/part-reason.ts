import type { Choices } from "#scenario/keys/choices.ts";
import type { MethodAtMoment, RunPartId } from "#service/answers/run-parts.ts";
import { capitalised } from "#format/capitalised.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import { listed } from "#format/listed.ts";
import { partWords } from "./part-words.ts";

/** From so many batches on, each adds the same as the one before. */
const GROWS_FROM = 3;
/** So many tensors tell where the memory is. */
const NAMED = 3;

const ordinal = (count: number): string => {
  const tens = count % 100;
  const ending = tens > 10 && tens < 14 ? undefined : ["th", "st", "nd", "rd"][count % 10];
  return `${formatCount(count)}${ending ?? "th"}`;
};

type Told = Readonly<{ id: RunPartId; at: MethodAtMoment; offered: Choices; vocabulary: number }>;

/** "8 × 2,048 × 128,256 × 10 B = 19.6 GiB": logits and all that is made of them, where they are what an evaluation has. */
const logitsText = ({ at, offered, vocabulary }: Told): string | null => {
  const held = at.estimate.terms.find(({ id }) => id === "logits")?.bytes ?? 0;
  const tokens = offered.evalseq ?? offered.seq;
  const perLogit = Math.round(held / (offered.eval * tokens * vocabulary));
  if (perLogit === 0 || offered.evalgen > 0) return null;
  const product = [offered.eval, tokens, vocabulary].map(formatCount).join(" × ");
  const rest = at.estimate.peakBytes - held;
  return `holds ${perLogit} B a logit: ${product} × ${perLogit} B = ${formatGib(held)} GiB, on top of the ${formatGib(rest)} that stay.`;
};

const aliveText = ({ moment }: MethodAtMoment): string => {
  const largest = (moment?.alive ?? []).slice(0, NAMED).map(({ name, bytes }) => `${name} ${formatGib(bytes)}`);
  return `has ${listed(largest)} GiB at its highest.`;
};

/** "Each further batch adds 15.7 GiB: the 4th does not fit." From one or two batches on it is about the 4th: the second one adds otherwise. Empty where none adds anything. */
const slopeText = ({ moment, card }: MethodAtMoment, batches: number): string => {
  const slope = moment?.perBatchBytes ?? 0;
  if (slope === 0) return "";
  const more = Math.floor(card.headroomBytes / slope);
  const firstOver = batches + more + 1;
  const over =
    firstOver >= GROWS_FROM ? `: ${batches < GROWS_FROM ? "about the" : "the"} ${ordinal(firstOver)} does not fit` : "";
  return `Each further batch adds ${formatGib(slope)} GiB${over}.`;
};

const besideText = ({ moment }: MethodAtMoment): string => {
  const { hostBytes = 0, warmUpBytes = 0 } = moment ?? {};
  const host = hostBytes > 0 ? `Beside it the process takes ${formatGib(hostBytes)} GiB of host memory.` : "";
  const warmUp =
    warmUpBytes > 0
      ? `transformers allocates ${formatGib(warmUpBytes)} GiB at once before it, as far as they are free, and gives them back.`
      : "";
  return [host, warmUp].filter(Boolean).join(" ");
};

/** Why a moment takes what it takes, and what it grows by. */
export const partReason = (told: Told): Readonly<{ subject: string; text: string }> => {
  const { id, at, offered } = told;
  const { moment, estimate } = at;
  const subject = capitalised(partWords(id));
  if (moment === null)
    return {
      subject,
      text: `is what a run is in most of its time: ${formatGib(estimate.peakBytes)} GiB allocated at its highest.`,
    };
  if (at.otherRule !== null) {
    const [first = "", ...rest] = at.otherRule.split(" ");
    return { subject: first, text: rest.join(" ") };
  }
  const why = (id === "evaluate" ? logitsText(told) : null) ?? aliveText(at);
  const slope = id === "evaluate" ? slopeText(at, offered.evalbatches) : "";
  const basis = moment.basis === "read" ? "Read in the source, not run." : "";
  return { subject, text: [why, slope, besideText(at), basis].filter(Boolean).join(" ") };
};
