import { liveEmbedTag, parseLiveEmbed } from "./live-embed.mjs";
import { siteLink } from "./site-link.mjs";

/**
 * What is used of markdown-it's tokens.
 *
 * @typedef {{ type: string, content: string, children: Token[] | null, attrGet: (name: string) => string | null, attrSet: (name: string, value: string) => void }} Token
 * @typedef {(tokens: Token[], at: number, ...rest: unknown[]) => string} Rule
 * @typedef {{ core: { ruler: { push: (name: string, rule: (state: { tokens: Token[], env: { relativePath?: string } }) => void) => void } },
 * renderer: { rules: Record<string, Rule> } }} MarkdownIt
 */

/** Which attribute of a token leads somewhere. @type {Readonly<Record<string, string>>} */
const LEADING = { link_open: "href", image: "src" };

/** @param {readonly Token[]} tokens @returns {readonly Token[]} */
const withChildren = (tokens) => tokens.flatMap((token) => [token, ...withChildren(token.children ?? [])]);

/**
 * Has links and pictures lead to where their targets stand on the site.
 *
 * @param {MarkdownIt} md
 * @param {Readonly<{ sourceOf: ReadonlyMap<string, string>, base: string }>} site `sourceOf`: the file in the repository of each page
 */
const leadAlong = (md, { sourceOf, base }) => {
  const sources = new Set(sourceOf.values());
  md.core.ruler.push("lead_along", ({ tokens, env }) => {
    const source = sourceOf.get(env.relativePath ?? "");
    if (source === undefined) return;
    for (const token of withChildren(tokens)) {
      const name = LEADING[token.type];
      const led = name === undefined ? null : siteLink(token.attrGet(name) ?? "", { source, sources });
      if (name === undefined || led === null) continue;
      token.attrSet(name, led.href);
      if (led.file === null || token.type !== "link_open") continue;
      // No page of the site, nor a picture: VitePress leaves it as it is, and the browser goes there itself.
      token.attrSet(name, `${base}${led.href.slice(1)}`);
      token.attrSet("target", "_self");
    }
  });
};

/** @param {readonly Token[]} tokens @param {number} at */
const isEmptyCell = (tokens, at) => tokens[at]?.content === "";

/** @param {Token | undefined} token of a cell */
const alignmentOf = (token) => {
  const style = token?.attrGet("style") ?? null;
  return style === null ? "" : ` style="${style}"`;
};

/**
 * What the site makes of Markdown beside what VitePress does.
 *
 * @param {MarkdownIt} md
 * @param {Readonly<{ sourceOf: ReadonlyMap<string, string>, base: string }>} site
 */
export const addRules = (md, { sourceOf, base }) => {
  leadAlong(md, { sourceOf, base });
  const { rules } = md.renderer;
  // A wide table scrolls in itself; by keyboard, too.
  rules["table_open"] = () => '<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n';
  rules["table_close"] = () => "</table></div>\n";
  // A head without words is no head of anything.
  rules["th_open"] = (tokens, at) => (isEmptyCell(tokens, at + 1) ? "<td>" : `<th${alignmentOf(tokens[at])}>`);
  rules["th_close"] = (tokens, at) => (isEmptyCell(tokens, at - 1) ? "</td>\n" : "</th>\n");
  const plain = rules["html_block"];
  rules["html_block"] = (tokens, at, ...rest) => {
    const content = tokens[at]?.content ?? "";
    const embed = parseLiveEmbed(content);
    if (embed !== null) return liveEmbedTag(embed);
    const [, words] = /^<!-- calculator (.+) -->\s*$/.exec(content) ?? [];
    if (words !== undefined)
      return `<p><a class="calculator" href="${base}calculator/" target="_self">${words}</a></p>\n`;
    return plain?.(tokens, at, ...rest) ?? content;
  };
};
