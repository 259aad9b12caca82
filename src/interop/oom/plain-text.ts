const ESCAPE = String.fromCodePoint(27);

/** What a terminal obeys and does not show: colours, as they are and with their first sign lost, and addresses behind words. */
const OBEYED = new RegExp(
  String.raw`${ESCAPE}\[[\d;?]{0,30}[A-Za-z]|\[\d{1,3}(?:;\d{1,3}){0,5}m|${ESCAPE}\][^${ESCAPE}\n]{0,500}(?:${ESCAPE}\\)?`,
  "g",
);

/**
 * A log as it was meant to be read: without the colours of a terminal, the zeros of a file in 16-bit letters (PowerShell writes such), and with line ends of one kind.
 * What stood in one line after signs that take a terminal back to its beginning (a progress bar) stands in lines of its own.
 */
export const plainText = (text: string): string =>
  text.replaceAll("\0", "").replaceAll(OBEYED, "").replaceAll(/\r\n?/g, "\n");
