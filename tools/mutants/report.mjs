import { placeOf } from "./mutants-of.mjs";

/** @typedef {import("./try-room.mjs").Trial} Trial */

/** More of a text than this no line has room for. */
const MOST_CHARACTERS = 70;

/** @param {string} text */
const onOneLine = (text) => {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line;
};

/** @param {Trial} trial */
const isAlive = ({ outcome }) => outcome === "passed";

/** Each mutant that no test saw, and where it stands. @param {readonly Trial[]} trials @param {(file: string) => string} read */
export const survivorLines = (trials, read) =>
  trials.filter(isAlive).map(({ mutant, isCut }) => {
    const change = `${onOneLine(mutant.before)}  →  ${onOneLine(mutant.after)}`;
    return `${placeOf(mutant, read(mutant.file))}  ${change}${isCut ? "  (not all tests)" : ""}`;
  });

/** The score of a room in one line. @param {string} room @param {readonly Trial[]} trials @param {number} limitSeconds */
export const roomLine = (room, trials, limitSeconds) => {
  const alive = trials.filter(isAlive);
  const killed = trials.length - alive.length;
  const share = trials.length === 0 ? "nothing to try" : `${((100 * killed) / trials.length).toFixed(1)} %`;
  const hung = trials.filter(({ outcome }) => outcome === "hung").length;
  const cut = alive.filter(({ isCut }) => isCut).length;
  return `${room.padEnd(9)} ${killed} of ${trials.length} killed (${share}), ${hung} of them hung; ${alive.length} alive, ${cut} of them cut at ${limitSeconds} s`;
};
