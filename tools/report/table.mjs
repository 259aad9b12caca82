/** @param {string} text */
const escaped = (text) => text.replaceAll("|", "\\|");

/** As wide as oxfmt takes it for. @param {string} text */
const widthOf = (text) => Array.from(text).length;

/**
 * A table in Markdown, as oxfmt writes it. Columns of figures are on the right.
 *
 * @param {readonly string[]} head a column that begins with ">" is one of figures
 * @param {readonly (readonly string[])[]} rows
 */
export const table = (head, rows) => {
  const isRight = head.map((title) => title.startsWith(">"));
  const all = [head.map((title) => title.replace(/^>/, "")), ...rows].map((cells) => cells.map(escaped));
  const widths = isRight.map((_, column) => Math.max(3, ...all.map((cells) => widthOf(cells[column] ?? ""))));
  /** @param {readonly string[]} cells */
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const [first = "", ...others] = all.map((cells) =>
    line(
      widths.map((width, column) => {
        const cell = cells[column] ?? "";
        const space = " ".repeat(width - widthOf(cell));
        return isRight[column] ? space + cell : cell + space;
      }),
    ),
  );
  const rule = line(widths.map((width, column) => (isRight[column] ? `${"-".repeat(width - 1)}:` : "-".repeat(width))));
  return [first, rule, ...others].join("\n");
};
