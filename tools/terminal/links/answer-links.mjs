// node tools/terminal/links/answer-links.mjs FOLDER: what `estimate --json` of the sources in FOLDER says to links, which come as one JSON
// array on standard input; one answer a line. In a process of its own, so that each side has its own code and its own caches.
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

/** @param {string} path in the folder */
const load = (path) => import(pathToFileURL(join(resolve(process.argv[2] ?? "."), path)).href);

/** @type {typeof import("../built-command.mjs")} */
const { builtCommand } = await load("tools/terminal/built-command.mjs");
/** @type {{ main: import("#package/commands/terminal.ts").Command }} */
const { main } = await import(await builtCommand("estimate"));

/**
 * One call a link: a link that the engine throws at ends no other.
 *
 * @param {string} link
 * @returns {Promise<import("./link-answer.ts").LinkAnswer>}
 */
const answerTo = async (link) => {
  /** @type {string[]} */
  const printed = [];
  /** @type {string[]} */
  const complaints = [];
  try {
    await main({
      args: ["--json", "--", link],
      input: () => Readable.from([]),
      print: (line) => printed.push(line),
      complain: (line) => complaints.push(line),
    });
  } catch (error) {
    return { none: `throws ${String(error)}` };
  }
  const [line] = printed;
  return line === undefined ? { none: complaints.join(" ") } : { json: JSON.parse(line) };
};

/** @type {readonly string[]} */
const links = JSON.parse(await text(process.stdin));
for (const link of links) process.stdout.write(`${JSON.stringify(await answerTo(link))}\n`);
