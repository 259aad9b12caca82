import { table } from "./table.mjs";

/** @typedef {import("./section.mjs").Section} Section @typedef {import("./section.mjs").Facts} Facts @typedef {import("./section.mjs").Headline} Headline */
/** @typedef {Readonly<{ section: Section, facts: Facts | null }>} Part `facts` null: it could not be measured */

/** @param {Pick<Facts, "commit" | "hasChanges">} of */
const commitWords = ({ commit, hasChanges }) =>
  `\`${commit}\`${hasChanges ? " with changes that are in no commit" : ""}`;

/** @param {number} seconds */
const inMinutes = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(0)} min`);

/** @param {Part} part @returns {readonly Headline[]} */
export const headlinesOf = ({ section, facts }) =>
  facts === null
    ? [{ what: section.title, figure: "could not be measured", isMet: false, command: "npm run report" }]
    : section.headlines(facts.data);

/** @param {Headline} headline @returns {readonly string[]} */
const row = ({ what, figure, goal = "–", isMet = true, command }) => [
  what,
  isMet ? figure : `**${figure}**`,
  goal,
  `\`${command}\``,
];

/** @param {Part} part @returns {readonly string[]} */
const paragraphs = ({ section, facts }) =>
  facts === null
    ? [`## ${section.title}`, "This part could not be measured."]
    : [
        `## ${section.title}`,
        `Taken at commit ${commitWords(facts)} on ${facts.date}, in ${inMinutes(facts.seconds)}.`,
        ...section.words(facts.data),
      ];

/**
 * The text of docs/quality.md.
 *
 * @param {Readonly<{ version: string, commit: string, hasChanges: boolean, date: string, parts: readonly Part[] }>} of
 */
export const pageOf = ({ version, date, parts, ...checkout }) =>
  `${[
    "# Quality",
    `Headroom ${version}, commit ${commitWords(checkout)}, ${date}. Every figure was measured and written by \`npm run report\`, none by hand; \`npm run report -- --help\` says how. What ` +
      "misses its goal is bold. A part that was taken at an earlier commit says so.",
    table(["what", "figure", "goal", "command"], parts.flatMap(headlinesOf).map(row)),
    ...parts.flatMap(paragraphs),
  ].join("\n\n")}\n`;
