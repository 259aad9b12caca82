import { formatCount } from "#format/count.ts";
import { cleanLine, type CleanLine, type Quote } from "./clean-line.ts";

/** A line of a shell's text, or several that a quotation holds together, without comment; `line` is the first. */
export type ShellLine = Readonly<{ text: string; line: number; isComment: boolean }>;

/** Where a text is no shell's. */
export type ShellProblem = Readonly<{ line: number; sentence: string }>;

/** Longer lines are data. */
const LONGEST = 50_000;

/** A prompt before a command, as pages show it. */
const PROMPT = /^\s*[$!>]\s+(?=\S)|^\s*!(?=[a-z])/;

/** Whether a line goes on in the next. */
export const isContinuation = (text: string): boolean => /(^|[^\\])(\\\\)*\\\s*$/.test(text.slice(-20));

type Open = Readonly<{ text: string; line: number; quote: Quote }>;

const quoteOf = (open: Open | null): Quote => open?.quote ?? null;

/** A line added to what is open before it. */
const added = (open: Open | null, clean: CleanLine, line: number): Open =>
  open === null
    ? { text: clean.text, line, quote: clean.open }
    : { ...open, text: `${open.text}\n${clean.text}`, quote: clean.open };

/** Parts a text into lines whose quotations end. */
export const shellLines = (text: string): readonly ShellLine[] | ShellProblem => {
  const lines: ShellLine[] = [];
  let open: Open | null = null;
  for (const [index, given] of text.split("\n").entries()) {
    const raw: string = open === null ? given.replace(PROMPT, "") : given;
    if (raw.length > LONGEST)
      return { line: index + 1, sentence: `The line has more than ${formatCount(LONGEST)} characters.` };
    const clean = cleanLine(raw, quoteOf(open));
    const held = added(open, clean, index + 1);
    open = held;
    if (held.text.length > LONGEST) break;
    if (held.quote !== null) continue;
    lines.push({ ...held, isComment: clean.text.trim() === "" && raw.trim() !== "" });
    open = null;
  }
  if (open === null) return lines;
  return { line: open.line, sentence: `A quotation that begins with ${open.quote} does not end.` };
};
