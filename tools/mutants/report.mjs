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

/**
 * @typedef {Readonly<{ tried: number, killed: number, hung: number, alive: number, cut: number }>} Score `cut`: of those alive, how many had not all tests
 */

/** The score of some mutants. @param {readonly Trial[]} trials @returns {Score} */
export const scoreOf = (trials) => {
  const alive = trials.filter(isAlive);
  return {
    tried: trials.length,
    killed: trials.length - alive.length,
    hung: trials.filter(({ outcome }) => outcome === "hung").length,
    alive: alive.length,
    cut: alive.filter(({ isCut }) => isCut).length,
  };
};

/** @param {Readonly<{ killed: number, tried: number }>} score */
const shareOf = ({ killed, tried }) => ((100 * killed) / tried).toFixed(1);

/** The score of a room in one line. @param {Score & Readonly<{ room: string }>} score @param {number} limitSeconds */
export const roomLine = (score, limitSeconds) => {
  const { room, tried, killed, hung, alive, cut } = score;
  const share = tried === 0 ? "nothing to try" : `${shareOf(score)} %`;
  return `${room.padEnd(9)} ${killed} of ${tried} killed (${share}), ${hung} of them hung; ${alive} alive, ${cut} of them cut at ${limitSeconds} s`;
};

/** The score of all rooms together. @param {readonly Score[]} scores */
export const lastLine = (scores) => {
  const [killed, tried] = /** @type {const} */ (["killed", "tried"]).map((key) =>
    scores.reduce((sum, score) => sum + score[key], 0),
  );
  return tried === 0 ? "nothing to try" : `${shareOf({ killed: killed ?? 0, tried: tried ?? 0 })} % killed`;
};
