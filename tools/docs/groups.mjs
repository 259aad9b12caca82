import { posix } from "node:path";
import { siteLink } from "./site-link.mjs";

/** The page at the site's top, whose lists are the groups of the sidebar. */
export const INDEX = "docs/index.md";

/** @typedef {Readonly<{ text: string, source: string }>} Entry @typedef {Readonly<{ text: string, entries: readonly Entry[] }>} Group */

/** The first heading of a Markdown file. @param {string} markdown */
const headingOf = (markdown) => /^# (.+)$/m.exec(markdown)?.[1] ?? null;

/** The groups that the index names: a heading of the second level, and the first link of each item of its list. @param {string} index */
const namedGroups = (index) =>
  index
    .split(/^## /m)
    .slice(1)
    .map((part) => ({
      text: part.split("\n", 1)[0] ?? "",
      entries: [...part.matchAll(/^- \[([^\]]+)\]\(([^)\s]+)\)/gm)].map(([, text = "", link = ""]) => ({
        text,
        source: posix.join(posix.dirname(INDEX), link),
      })),
    }));

/**
 * The groups of the sidebar. A page that the index does not name comes last in the last group that has a page of its folder, else in the last group.
 *
 * @param {Readonly<{ index: string, sources: readonly string[], read: (source: string) => string }>} site `sources`: all pages, `read` reads one
 * @returns {readonly Group[]}
 */
export const groupsOf = ({ index, sources, read }) => {
  const groups = namedGroups(index);
  const named = new Set([INDEX, ...groups.flatMap(({ entries }) => entries.map(({ source }) => source))]);
  /** @param {string} source */
  const groupFor = (source) =>
    groups.findLast(({ entries }) => entries.some((other) => posix.dirname(other.source) === posix.dirname(source))) ??
    groups.at(-1);
  const added = sources
    .filter((source) => !named.has(source))
    .map((source) => ({ group: groupFor(source), text: headingOf(read(source)) ?? source, source }));
  return groups.map((group) => ({
    ...group,
    entries: [...group.entries, ...added.filter((one) => one.group === group)],
  }));
};

/**
 * The same for VitePress.
 *
 * @param {Parameters<typeof groupsOf>[0]} site
 */
export const sidebarOf = (site) => {
  const sources = new Set(site.sources);
  return groupsOf(site).map(({ text, entries }) => ({
    text,
    collapsed: entries.every(({ source }) => source.startsWith("docs/adr/")) ? true : undefined,
    items: entries.map((entry) => ({
      text: entry.text,
      link: siteLink(entry.source, { source: "README.md", sources })?.href,
    })),
  }));
};
