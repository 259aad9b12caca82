/** A redirection of output, to a file or to another stream. */
const REDIRECTION = /^(?:\d?>>?&?\d?|&>>?)[ \t]*[^\s;|&<>]*/;

/** A quotation's sign; null outside of any. */
export type Quote = "'" | '"' | null;

/** A line without its comment and redirections, and the quotation that is open at its end. */
export type CleanLine = Readonly<{ text: string; open: Quote }>;

type Scan = { at: number; out: string; quote: Quote };

const inQuotes = (line: string, scan: Scan): void => {
  const sign = line[scan.at] ?? "";
  const isEscape = sign === "\\" && scan.quote === '"';
  const taken = isEscape ? line.slice(scan.at, scan.at + 2) : sign;
  if (sign === scan.quote) scan.quote = null;
  scan.out += taken;
  scan.at += taken.length;
};

/** A mark of number within a word is no comment, as it is for the parser of words. */
const mark = (line: string, scan: Scan): void => {
  const isComment = scan.at === 0 || /[\s;]/.test(line[scan.at - 1] ?? "");
  if (!isComment) scan.out += "\\#";
  scan.at = isComment ? line.length : scan.at + 1;
};

/** A file's name is not longer. */
const LONGEST_TARGET = 1000;

/** A redirection that begins here, which begins a word. */
const redirectionAt = (line: string, at: number): string | undefined =>
  at === 0 || /\s/.test(line[at - 1] ?? "") ? REDIRECTION.exec(line.slice(at, at + LONGEST_TARGET))?.[0] : undefined;

const isQuote = (sign: string): sign is "'" | '"' => sign === "'" || sign === '"';

const outside = (line: string, scan: Scan): void => {
  const sign = line[scan.at] ?? "";
  if (sign === "#") return mark(line, scan);
  const redirection = redirectionAt(line, scan.at);
  const taken = sign === "\\" ? line.slice(scan.at, scan.at + 2) : sign;
  if (redirection === undefined && isQuote(sign)) scan.quote = sign;
  if (redirection === undefined) scan.out += taken;
  scan.at += (redirection ?? taken).length;
};

/** @param quote the quotation that is open where the line begins */
export const cleanLine = (line: string, quote: Quote): CleanLine => {
  const scan: Scan = { at: 0, out: "", quote };
  while (scan.at < line.length) (scan.quote === null ? outside : inQuotes)(line, scan);
  return { text: scan.out, open: scan.quote };
};
