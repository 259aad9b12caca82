import { placeOf } from "./mutants-of.mjs";

/** @typedef {import("./try-mutants.mjs").Trial} Trial */

/** More of a text than this no line has room for. */
const MOST_CHARACTERS = 70;

/** @param {string} text */
const onOneLine = (text) => {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line;
};

/** No test has seen it. @param {Trial} trial */
export const isAlive = ({ outcome }) => outcome === "passed";

/** Where a mutant stands and what it changes. @param {Trial} trial @param {string} text of its file */
export const survivorLine = ({ mutant, isCut }, text) =>
  `${placeOf(mutant, text)}  ${onOneLine(mutant.before)}  →  ${onOneLine(mutant.after)}${isCut ? "  (not all tests)" : ""}`;

/** The score of a room in one line. @param {string} room @param {readonly Trial[]} trials @param {number} limitSeconds */
export const roomLine = (room, trials, limitSeconds) => {
  const alive = trials.filter(isAlive);
  const killed = trials.length - alive.length;
  const share = trials.length === 0 ? "nothing to try" : `${((100 * killed) / trials.length).toFixed(1)} %`;
  const hung = trials.filter(({ outcome }) => outcome === "hung").length;
  const cut = alive.filter(({ isCut }) => isCut).length;
  return `${room.padEnd(9)} ${killed} of ${trials.length} killed (${share}), ${hung} of them hung; ${alive.length} alive, ${cut} of them cut at ${limitSeconds} s`;
};
