/** Functions that ran and calls that a traceback shows, outermost first. */
export type Traceback = Readonly<{ functions: readonly string[] }>;

/** A longer line of a traceback says no more. */
const LONGEST_LINE = 400;

/** How a traceback names the function that ran: Python, Rich (`path.py:12 in forward`), IPython (`File path.py:12, in Trainer.train(self)`, `path.py in f(x)`). */
const FUNCTION = /(?:, line \d{1,7}|\.py:\d{1,7}|\.py|\.py\]\([^)\s]{0,200}\)),? in ([\w.<>]{1,120})/;

/** Rich breaks lines: the name stands on the next. */
const BROKEN = /\.py:\d{1,7} {1,80}in {0,80}$/;

/** A call in a line of code: `torch._foreach_add(`, `tensor.float(`. */
const CALL = /([A-Za-z_]\w{0,80})\(/g;

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
    .flatMap((line) => [...line.matchAll(CALL)].map(([, name]) => name ?? ""));

/**
 * The functions of a traceback, then the calls of its last lines.
 *
 * @param text what stands before the error
 */
export const readTraceback = (text: string): Traceback => {
  const lines = text.split("\n").map(cleaned);
  return { functions: [...functionsIn(lines), ...callsIn(lines.slice(-LAST_LINES))] };
};
