import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Page } from "@playwright/test";
import { readBundleSizes } from "../../tools/house/bundle-sizes.mjs";
import { answerText, numberOf, scenarioOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

const { first, engine, embed, lazy } = readBundleSizes("dist");

/** Refuses every script but these: the page has to do with what the size budget counts. */
const allowOnly = (page: Page, scripts: readonly Readonly<{ file: string }>[]): Promise<unknown> =>
  page.route("**/*.js", (route) =>
    scripts.some(({ file }) => route.request().url().endsWith(`/${file}`)) ? route.continue() : route.abort(),
  );

const textOf = (file: string): string => readFileSync(join("dist", file), "utf8");

/** Names of the scripts that a script imports as it is loaded. */
const importedBy = (file: string): readonly (string | undefined)[] =>
  [...textOf(file).matchAll(/(?:\bimport|\bfrom)\s*["']\.\/([^"']+)["']/g)].map(([, name]) => name);

/** What the worker alone fetches when it is asked for, with what only that imports; and the door to the engine for a page without a worker. */
const ofTheEngine = (file: string): boolean => {
  const name = basename(file);
  if (/\/serve-here-/.test(file) || engine.some((each) => textOf(each.file).includes(`import(\`./${name}\`)`)))
    return true;
  const importers = [...first, ...embed, ...lazy].filter((each) => importedBy(each.file).includes(name));
  return importers.length > 0 && importers.every((each) => ofTheEngine(each.file));
};

test("no part of the page imports the engine: it is asked", () => {
  const own = engine.filter(({ file }) => file.startsWith("assets/engine-"));
  expect(own).toHaveLength(1);
  for (const { file } of [...first, ...embed, ...lazy.filter((each) => !ofTheEngine(each.file))])
    for (const each of own) expect(importedBy(file), file).not.toContain(basename(each.file));
});

// The scripts that are refused here are missed, and said to be.
test.afterEach(({ quiet }) => quiet.forget());

test("the scripts counted as the first, and the engine, are enough to move a slider and see the answer", async ({
  page,
  open,
}) => {
  await allowOnly(page, [...first, ...engine]);
  await open();
  const before = await answerText(page);
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("End");
  await expect.poll(async () => (await answerText(page)).cards).not.toBe(before.cards);
  const after = await answerText(page);
  expect(after.verdict).not.toBe(before.verdict);
  expect(after.bars).not.toBe(before.bars);
});

test("the same scripts are enough for the answer to a link", async ({ page, open }) => {
  await allowOnly(page, [...first, ...engine]);
  await open("?v=1&method=qlora&r=32&seq=4096");
  await expect(numberOf(page, "LoRA rank")).toHaveValue("32");
  const before = await answerText(page);
  await scenarioOf(page).getByRole("slider", { name: "Sequence length" }).press("End");
  await expect.poll(async () => (await answerText(page)).verdict).not.toBe(before.verdict);
});

test("the scripts counted for the embed are enough for it", async ({ page, open }) => {
  await allowOnly(page, [...first, ...engine, ...embed]);
  await open("?v=1&embed=1&batch=2");
  const cards = page.getByRole("region", { name: "Memory by method" });
  const before = await cards.innerText();
  await page.getByRole("slider", { name: "Sequence" }).press("End");
  await expect.poll(() => cards.innerText()).not.toBe(before);
});

test("what the worker runs has nothing of the page in it, which has a document", () => {
  const own = readdirSync("dist/assets").filter((name) => /^(engine|words|shared)-/.test(name));
  const fetched = lazy.map(({ file }) => file).filter((file) => !/\/serve-here-/.test(file) && ofTheEngine(file));
  for (const name of ["import-files", "export-files", "measure-script", "measured-rows"])
    expect(fetched).toContainEqual(expect.stringContaining(`/${name}-`));
  for (const file of [...own.map((name) => `assets/${name}`), ...fetched])
    expect(
      importedBy(file).filter((name) => /^(index|soon)-/.test(name ?? "")),
      file,
    ).toEqual([]);
});
