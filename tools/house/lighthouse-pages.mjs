import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { freePort } from "./free-port.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { openEverything } from "./open-everything.mjs";
import { ROOT } from "./run-command.mjs";
import { launchBrowser, serveBuild } from "./serve-build.mjs";

/**
 * What is read of a report.
 *
 * @typedef {Readonly<{ score: number | null, title: string, numericValue?: number }>} Audit
 * @typedef {Readonly<{ score: number | null, auditRefs: readonly Readonly<{ id: string, weight: number }>[] }>} Category
 * @typedef {Readonly<{ audits: Readonly<Record<string, Audit>>, categories: Readonly<Record<string, Category>> }>} Report
 */

/** @typedef {"performance" | "accessibility" | "best-practices" | "seo"} CategoryId */

/**
 * A page under Lighthouse: medians of its runs, and what was below 90 in one of them.
 *
 * @typedef {Readonly<{ name: string, how: string, runs: number, scores: readonly Readonly<{ category: CategoryId, score: number, goal: number }>[],
 * figures: readonly Readonly<{ id: string, values: readonly number[] }>[], imperfect: readonly string[] }>} LookedAt
 */

const RUNS = 3;

const GOALS = { performance: 98, accessibility: 100, "best-practices": 100, seo: 100 };

const FIGURES = [
  "first-contentful-paint",
  "largest-contentful-paint",
  "total-blocking-time",
  "cumulative-layout-shift",
];

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Lighthouse, and the driver that it brings along, from their own lock file. */
const loadLighthouse = async () => {
  const folder = join(ROOT, "tools", "lighthouse");
  await installDependencies(folder);
  const { resolve } = createRequire(join(folder, "package.json"));
  /** @param {string} file */
  const load = (file) => import(pathToFileURL(file).href);
  const lighthouse = await load(join(folder, "node_modules", "lighthouse", "core", "index.js"));
  const { default: puppeteer } = await load(resolve("puppeteer-core"));
  return { lighthouse, puppeteer };
};

/**
 * @param {Readonly<{ name: string, how: string, categories: readonly CategoryId[] }>} page
 * @param {readonly Report[]} reports
 * @returns {LookedAt}
 */
const summed = ({ name, how, categories }, reports) => {
  const imperfect = reports.flatMap(({ audits, categories: found }) =>
    categories
      .flatMap((category) => found[category]?.auditRefs ?? [])
      .filter(({ weight, id }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9)
      .map(({ id }) => `${id}: ${audits[id]?.title}`),
  );
  return {
    name,
    how,
    runs: reports.length,
    scores: categories.map((category) => ({
      category,
      score: median(reports.map((report) => Math.round((report.categories[category]?.score ?? 0) * 100))),
      goal: GOALS[category],
    })),
    figures: FIGURES.map((id) => ({
      id,
      values: reports.flatMap(({ audits }) => audits[id]?.numericValue ?? []),
    })).filter(({ values }) => values.length > 0),
    imperfect: [...new Set(imperfect)],
  };
};

/** @param {(port: number) => Promise<Readonly<{ lhr: Report }> | undefined>} look */
const inBrowser = async (look) => {
  const port = await freePort();
  const browser = await launchBrowser([`--remote-debugging-port=${port}`]);
  const result = await look(port);
  await browser.close();
  if (result === undefined) throw new Error("Lighthouse gave no result.");
  return result.lhr;
};

/**
 * The built page, the embed, and the page with everything open. A state has no load: it is looked at as it stands, wide enough that the scenario stands beside the
 * answer, and has no score of performance.
 *
 * @returns {Promise<readonly LookedAt[]>}
 */
export const lookAtPages = async () => {
  const { url, close } = await serveBuild();
  const { lighthouse, puppeteer } = await loadLighthouse();
  /** @param {Readonly<{ name: string, link: string }>} page */
  const loaded = async ({ name, link }) => {
    const reports = [];
    for (let run = 0; run < RUNS; run++)
      reports.push(
        await inBrowser((port) => lighthouse.default(`${url}${link}`, { port, logLevel: "error", output: "json" })),
      );
    const categories = /** @type {CategoryId[]} */ (Object.keys(GOALS));
    return summed({ name, how: "loaded, mobile", categories }, reports);
  };
  const opened = async () => {
    let counts = { opened: 0, folded: 0 };
    const report = await inBrowser(async (port) => {
      const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}` });
      const page = await browser.newPage();
      await page.setViewport({ width: 1440, height: 900 });
      await page.goto(url, { waitUntil: "networkidle0" });
      counts = await openEverything(page);
      const config = lighthouse.desktopConfig;
      const result = await lighthouse.snapshot(page, {
        config,
        flags: { logLevel: "error", screenEmulation: { disabled: true } },
      });
      await browser.disconnect();
      return result;
    });
    if (counts.folded > 0) throw new Error(`${counts.folded} parts of the page did not open.`);
    const how = `as it stands, 1440 px wide, after ${counts.opened} parts were opened`;
    return summed(
      { name: "the page with everything open", how, categories: ["accessibility", "best-practices", "seo"] },
      [report],
    );
  };
  const pages = [
    await loaded({ name: "the page", link: "" }),
    await loaded({ name: "the embed", link: "?v=1&embed=1" }),
    await opened(),
  ];
  await close();
  return pages;
};
