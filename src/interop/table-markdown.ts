import { formatGib } from "#format/bytes.ts";
import { inMarkdown, markdownLink, markdownRow } from "./markdown.ts";
import type { MemoryTable } from "./memory-table.ts";

/** The table in Markdown, as GitHub and most documentation tools read it; GiB as on the page, and the link to the scenario under it. */
export const tableMarkdown = ({ scenario, link, date, methods, rows }: MemoryTable): string =>
  [
    markdownRow(["GiB per GPU", ...methods]),
    markdownRow(["---", ...methods.map(() => "---:")]),
    ...rows.map(({ label, bytes }) => markdownRow([label, ...bytes.map(formatGib)])),
    "",
    `${markdownLink(inMarkdown(scenario), link)}, ${date}`,
    "",
  ].join("\n");
