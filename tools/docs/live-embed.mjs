// A live embed in Markdown is a comment, of which GitHub shows nothing:
//
//   <!-- live ?v=1&model=llama-3.1-8b&batch=2&seq=4096
//   What the frame shows, in a sentence or two.
//   loss: full | fused -->
//
// The last lines, if there are any, are keys of the link with the values that buttons over the frame put into it. The link has one of them.

/** @typedef {Readonly<{ key: string, values: readonly string[] }>} Choice */
/** @typedef {Readonly<{ link: string, says: string, choices: readonly Choice[] }>} LiveEmbed */

const COMMENT = /^<!-- live\b([^]*?)-->\s*$/;
const CHOICE = /^([a-z]+): (\S+(?: \| \S+)+)$/;

/** @param {string} line @returns {Choice | null} */
const choiceOf = (line) => {
  const [, key, values] = CHOICE.exec(line) ?? [];
  return key === undefined || values === undefined ? null : { key, values: values.split(" | ") };
};

/**
 * Reads the comment of a live embed.
 *
 * @param {string} html a block of HTML in Markdown
 * @returns {LiveEmbed | null} null: it is something else
 * @throws Error where the comment begins as one and cannot be read
 */
export const parseLiveEmbed = (html) => {
  const [, body] = COMMENT.exec(html) ?? [];
  if (body === undefined) return null;
  const [link = "", ...lines] = body
    .trim()
    .split("\n")
    .map((line) => line.trim());
  const choices = lines.map(choiceOf);
  const says = lines.filter((_, at) => choices[at] === null).join(" ");
  if (!link.startsWith("?v=1&") || /\s/.test(link)) throw new Error(`A live embed has no link: ${html}`);
  if (says === "") throw new Error(`A live embed has no sentence that says what it shows: ${html}`);
  const asked = new URLSearchParams(link);
  const buttons = choices.filter((choice) => choice !== null);
  for (const { key, values } of buttons)
    if (!values.includes(asked.get(key) ?? "")) throw new Error(`A live embed begins with no value of ${key}: ${html}`);
  return { link, says, choices: buttons };
};

/** A block of code, in which a comment is shown and means nothing. */
const FENCED = /^(`{3,})[^]*?^\1`*$/gm;

/** All live embeds of a Markdown file. @param {string} markdown */
export const liveEmbedsOf = (markdown) =>
  [...markdown.replace(FENCED, "").matchAll(/^<!-- live\b[^]*?-->$/gm)]
    .map(([comment]) => parseLiveEmbed(comment))
    .filter((one) => one !== null);

/**
 * Every link that a live embed can ask for by one button: its own, and that with each other value of each choice.
 *
 * @param {LiveEmbed} embed
 */
export const linksOf = ({ link, choices }) => {
  /** @param {string} key @param {string} value */
  const withValue = (key, value) => {
    const keys = new URLSearchParams(link);
    keys.set(key, value);
    return `?${keys}`;
  };
  const asked = new URLSearchParams(link);
  const others = choices.flatMap(({ key, values }) =>
    values.filter((value) => value !== asked.get(key)).map((value) => withValue(key, value)),
  );
  return [link, ...others];
};

/** @param {string} text */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/**
 * The component that stands for a live embed on the site (`.vitepress/theme/LiveEmbed.mjs`).
 *
 * @param {LiveEmbed} embed
 */
export const liveEmbedTag = ({ link, says, choices }) =>
  `<LiveEmbed link="${escaped(link)}" says="${escaped(says)}" choices="${escaped(JSON.stringify(choices))}" />\n`;
