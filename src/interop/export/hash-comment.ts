/** What ends a line somewhere: in Python, a shell, TOML or an editor. */
const BREAKS = /[\n\v\f\r\u0085\u2028\u2029]+/g;

/**
 * Lines as comments of a script, a command or TOML. A line end in one of them (the type of a custom architecture is text of whoever made the link) would begin a line that is run.
 */
export const hashComment = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `# ${line.replaceAll(BREAKS, " ")}`);
