import { FIGURE } from "./figures.ts";
import { inOneLine } from "./in-one-line.ts";

/** A message as a reader knows it again, with its request apart; without the advice that PyTorch adds and what the log goes on with. */
export type ShownMessage = Readonly<{ before: string; request: string; after: string }>;

/** What the line has before the error: "torch.OutOfMemoryError: CUDA out of memory. ". */
const MOST_BEFORE = 160;
const MOST_AFTER = 700;

const REQUEST = new RegExp(`^(tried to allocate )(${FIGURE})`, "i");

/** How figures end that stand behind the request. */
const LAST_FIGURES =
  /(?:by PyTorch but unallocated|in total by PyTorch\)|cached\)|memory in use|is free|free\)|on private pool)\.?/gi;

/** Up to the last figures; a sentence where there are none. */
const figuresOf = (after: string): string => {
  const last = [...after.slice(0, MOST_AFTER).matchAll(LAST_FIGURES)].at(-1);
  return last === undefined ? (/^[^.\n]{0,80}\.?/.exec(after)?.[0] ?? "") : after.slice(0, last.index + last[0].length);
};

const lineBefore = (text: string, at: number): string => {
  const before = text.slice(Math.max(0, at - MOST_BEFORE), at);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const isCut = line.length === MOST_BEFORE && at > MOST_BEFORE;
  return `${isCut ? "… " : ""}${inOneLine(line).trimStart()}`;
};

/**
 * What is shown of an error.
 *
 * @param text with the error in it
 * @param at where its "tried" begins
 * @param message the error from there on, alone and in one line
 */
export const shownMessage = (text: string, at: number, message: string): ShownMessage | null => {
  const [whole, mark, request] = REQUEST.exec(message) ?? [];
  if (whole === undefined || mark === undefined || request === undefined) return null;
  return { before: lineBefore(text, at) + mark, request, after: figuresOf(message.slice(whole.length)).trimEnd() };
};
