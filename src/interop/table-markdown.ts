import { formatGib } from "#format/bytes.ts";
import type { MemoryTable } from "./memory-table.ts";

const escaped = (text: string): string => text.replaceAll(/[\\|<>[\]*_`]/g, String.raw`\$&`);

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The table in Markdown, as GitHub and most documentation tools read it; GiB as on the page, and the link to the scenario under it. */
export const tableMarkdown = ({ scenario, link, date, methods, rows }: MemoryTable): string =>
  [
    line(["GiB per GPU", ...methods]),
    line(["---", ...methods.map(() => "---:")]),
    ...rows.map(({ label, bytes }) => line([label, ...bytes.map(formatGib)])),
    "",
    `[${escaped(scenario)}](${link.replaceAll("(", "%28").replaceAll(")", "%29")}), ${date}`,
    "",
  ].join("\n");
