import { lookAtPages } from "../house/lighthouse-pages.mjs";
import { table } from "./table.mjs";

/** @typedef {import("../house/lighthouse-pages.mjs").LookedAt} LookedAt */

/** @param {LookedAt["scores"]} scores */
const asLine = (scores) => scores.map(({ score }) => score).join(" / ");

/** Lighthouse's own figures and their units. @type {Readonly<Record<string, (value: number) => string>>} */
const UNITS = {
  "first-contentful-paint": (value) => `${value.toFixed(0)} ms`,
  "largest-contentful-paint": (value) => `${value.toFixed(0)} ms`,
  "total-blocking-time": (value) => `${value.toFixed(0)} ms`,
  "cumulative-layout-shift": (value) => value.toFixed(3),
};

/** @type {import("./section.mjs").Section} */
export const LIGHTHOUSE = {
  name: "lighthouse",
  title: "Lighthouse",
  measure: async () => ({ pages: await lookAtPages() }),
  headlines: ({ pages }) =>
    pages.map((/** @type {LookedAt} */ { name, scores }) => ({
      what: `Lighthouse, ${name}: ${scores.map(({ category }) => category).join(" / ")}`,
      figure: asLine(scores),
      goal: scores.map(({ goal }) => goal).join(" / "),
      isMet: scores.every(({ score, goal }) => score >= goal),
      command: "npm run lighthouse",
    })),
  words: ({ pages }) => [
    "Page and embed are loaded as Lighthouse loads them on a phone, and each score is the median of its runs. A page with everything open is a state, which has no load: all late " +
      "parts are brought by scrolling, every section, row and list of details is opened, and Lighthouse looks at what stands there; for performance such a look has no score.",
    table(
      ["page", "how", ">runs", ...["performance", "accessibility", "best-practices", "seo"].map((each) => `>${each}`)],
      pages.map((/** @type {LookedAt} */ { name, how, runs, scores }) => [
        name,
        how,
        String(runs),
        ...["performance", "accessibility", "best-practices", "seo"].map((category) =>
          String(scores.find((each) => each.category === category)?.score ?? "–"),
        ),
      ]),
    ),
    table(
      ["page", "figure", ">each run"],
      pages.flatMap((/** @type {LookedAt} */ { name, figures }) =>
        figures.map(({ id, values }) => [
          name,
          id.replaceAll("-", " "),
          values.map((value) => UNITS[id]?.(value) ?? String(value)).join(", "),
        ]),
      ),
    ),
    ...pages.flatMap((/** @type {LookedAt} */ { name, imperfect }) =>
      imperfect.map((line) => `Below 90 in a run of ${name}: ${line}.`),
    ),
  ],
};
