import { inMarkdown, markdownLink } from "#interop/markdown.ts";
import type { Badge } from "./badge.ts";

/** The name that the file of a badge has in a line of Markdown. */
export const BADGE_FILE = "badge.svg";

/**
 * The line that shows a badge in a README or a model card: the picture with its words, and a link to the scenario.
 *
 * @param page the address of a calculator, before the `?` of links; null: the picture leads nowhere
 */
export const badgeMarkdown = ({ line, link }: Badge, page: string | null): string => {
  const picture = `!${markdownLink(inMarkdown(line), BADGE_FILE)}`;
  return page === null ? picture : markdownLink(picture, `${page}${link}`);
};
