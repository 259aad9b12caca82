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

/** A traceback: the functions that ran, outermost first, and what its last lines call and make. */
export type Traceback = Readonly<{ frames: readonly string[]; calls: readonly string[] }>;

/** A longer line of a traceback says no more. */
const LONGEST_LINE = 400;

/** How a traceback names the function that ran: Python, Rich (`path.py:12 in forward`), IPython (`File path.py:12, in Trainer.train(self)`, `path.py in f(x)`). */
const FUNCTION = /(?:, line \d{1,7}|\.py:\d{1,7}|\.py|\.py\]\([^)\s]{0,200}\)),? in ([\w.<>]{1,120})/;

/** Rich breaks lines: the name stands on the next. */
const BROKEN = /\.py:\d{1,7} {1,80}in {0,80}$/;

/** A call in a line of code: `torch._foreach_add(`, `tensor.float(`. */
const CALL = /([A-Za-z_]\w{0,80})\(/g;

/** Logits that are copied to fp32: other tensors are, too, so that `float` says nothing. */
const LOGITS_COPIED = /logits\w{0,40}(?:\[[^\]]{0,80}\])?(?:\.contiguous\(\))?\.(?:float\(|to\(torch\.float)/;

/** A state of an optimizer that a line makes: `state["exp_avg_sq"] = torch.zeros_like(`. */
const STATE_MADE = /\b((?:max_)?exp_avg(?:_sq)?|momentum_buffer)\b["']?\]?\s{0,4}=\s/;

/** Which lines are read in full for calls: the last, where it ended. */
const LAST_LINES = 12;

/** What only a drawing of a traceback has. */
const FRAME = /[\u2500-\u257F❱]/g;

/** `Trainer.train` and `<locals>.new_forward` by the last part. */
const lastName = (name: string): string => name.split(".").at(-1) ?? name;

const cleaned = (line: string): string => line.slice(0, LONGEST_LINE).replaceAll(FRAME, " ").trim();

const functionsIn = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line, index) => {
    const [, name] = FUNCTION.exec(line) ?? [];
    if (name !== undefined) return [lastName(name)];
    if (!BROKEN.test(`${line} `) && !line.endsWith(" in")) return [];
    const next = /^[\w.<>]{1,120}/.exec(lines[index + 1] ?? "")?.[0];
    return next === undefined ? [] : [lastName(next)];
  });

const callsIn = (lines: readonly string[]): readonly string[] =>
  lines
    .filter((line) => !FUNCTION.test(line))
    .flatMap((line) => [
      ...[...line.matchAll(CALL)].map(([, name]) => name ?? ""),
      ...(LOGITS_COPIED.test(line) ? ["logits.float"] : []),
      ...(STATE_MADE.exec(line)?.slice(1, 2) ?? []),
    ]);

/**
 * The functions of a traceback, and the calls of its last lines.
 *
 * @param text what stands before the error
 */
export const readTraceback = (text: string): Traceback => {
  const lines = text.split("\n").map(cleaned);
  return { frames: functionsIn(lines), calls: callsIn(lines.slice(-LAST_LINES)) };
};
