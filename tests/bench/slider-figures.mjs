import { dragSliders } from "./drag-sliders.mjs";
import { inTurn } from "./in-turn.mjs";
import { printColumns } from "./print-columns.mjs";
import { CPU_SLOWDOWN } from "./slowdown.mjs";
import { inWords, summarise } from "./statistics.mjs";
import { stepSliders } from "./step-sliders.mjs";

/** A drag has over a hundred samples. */
const MOST_ROUNDS = 3;

/**
 * @template Measured
 * @typedef {readonly (readonly (readonly (Measured & Readonly<{ name: string }>)[])[])[]} Rounds sliders by name, in rounds, on each side
 */

/**
 * A row for each slider that any side has.
 *
 * @template Measured
 * @param {Rounds<Measured>} measured
 * @param {(slider: Measured) => readonly number[]} of
 */
const rowsOf = (measured, of) => {
  const names = new Set(measured.flat(2).map(({ name }) => name));
  return [...names].map((name) => ({
    title: name,
    digits: 1,
    samples: measured.map((rounds) =>
      rounds
        .flat()
        .filter((slider) => slider.name === name)
        .flatMap(of),
    ),
  }));
};

/** Medians of the sliders' medians, side after side. @param {ReturnType<typeof rowsOf>} rows */
const overall = (rows) =>
  (rows[0]?.samples ?? []).map((_, side) =>
    inWords(summarise(rows.map(({ samples }) => summarise(samples[side] ?? []).median))),
  );

/**
 * Drags and steps every slider, in turn on each side.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {readonly import("./in-turn.mjs").Side[]} sides
 * @param {number} rounds
 * @returns {Promise<readonly string[]>} headlines
 */
export const printSliders = async (browser, sides, rounds) => {
  const fewer = Math.min(rounds, MOST_ROUNDS);
  const names = sides.map(({ name }) => name);
  const drags = await inTurn(sides, fewer, ({ url }) => dragSliders(browser, url));
  const frames = rowsOf(drags, ({ framesPerSecond }) => [framesPerSecond]);
  const paints = rowsOf(drags, ({ paintMilliseconds }) => paintMilliseconds);
  const dragged = `Sliders dragged at ${CPU_SLOWDOWN}x CPU throttle, median (5 to 95 %)`;
  printColumns(`${dragged}: frames a second`, names, frames);
  printColumns(
    `${dragged}: answers drawn, there and back`,
    names,
    rowsOf(drags, ({ answers }) => [answers]),
  );
  printColumns(`${dragged}: milliseconds from pointer to paint`, names, paints);
  const steps = await inTurn(sides, fewer, ({ url }) => stepSliders(browser, url));
  const answers = rowsOf(steps, ({ answerMilliseconds }) => answerMilliseconds);
  printColumns("Sliders stepped by a key: milliseconds from the key to the paint of its answer", names, answers);
  return [
    `${frames.length} sliders`,
    `${overall(frames).join(" -> ")} frames a second`,
    `input to paint ${overall(paints).join(" -> ")} ms`,
    `to its answer ${overall(answers).join(" -> ")} ms`,
  ];
};
