import { readFileSync } from "node:fs";
import { expect, test } from "./headroom.ts";

type Recipe = Readonly<{ heading: string; language: string; code: string }>;

const DOCUMENT = readFileSync("docs/embedding.md", "utf8");
const EXAMPLE = "https://example.org/headroom/";

/** Every fenced block of the document, under the heading that it stands under. */
const recipes: readonly Recipe[] = [...DOCUMENT.matchAll(/^(`{3,4})(\w+)\n([\s\S]*?)^\1$/gm)].map((match) => ({
  heading: [...DOCUMENT.slice(0, match.index).matchAll(/^#{2,3} (.+)$/gm)].at(-1)?.[1] ?? "",
  language: match[2] ?? "",
  code: match[3] ?? "",
}));

const withScript = (html: string): string => `<script src="${EXAMPLE}embed.js" defer></script>${html}`;

/** What each tool makes of its recipe, as the versions that the document names do: seen in the pages that they built. */
const AS_BUILT: Readonly<Record<string, (code: string) => string | null>> = {
  html: (code) => code,
  // MDX renders a React element: the style as a string, no tag closed by itself.
  jsx: (code) =>
    code.replace("style={{ border: 0 }}", 'style="border:0"').replace(/<(\w+)([\s\S]*?)\/>/, "<$1$2></$1>"),
  rst: (code) => code.replace(".. raw:: html\n", "").replaceAll(/^ {3}/gm, ""),
  md: (code) => /```\{raw\} html\n([\s\S]*?)```/.exec(code)?.[1] ?? null,
  js: () => withScript('<headroom-calculator model="llama-3.1-8b" method="qlora"></headroom-calculator>'),
  text: (code) => `<iframe src="${code.trim().replaceAll("&", "&amp;")}"></iframe>`,
};

for (const [index, { heading, language, code }] of recipes.entries()) {
  const html = AS_BUILT[language]?.(code) ?? null;
  if (html === null) continue;
  test(`recipe ${index + 1}, ${heading}: shows the answer and takes a change`, async ({ page, host, site }) => {
    await host(html.replaceAll(EXAMPLE, site.url));
    const frame = page.frameLocator("iframe");
    await expect(frame.getByRole("button", { pressed: true })).toContainText("QLoRA");
    const cards = frame.getByRole("region", { name: "Memory by method" });
    const before = await cards.innerText();
    await frame.getByRole("slider", { name: "Batch" }).press("End");
    await expect.poll(() => cards.innerText()).not.toBe(before);
  });
}

test("every recipe that the document promises is there", () => {
  expect(recipes.map(({ heading, language }) => `${heading}: ${language}`)).toEqual([
    "The frame: html",
    "The element: html",
    "The element: html",
    "MkDocs: html",
    "Docusaurus: jsx",
    "Sphinx: rst",
    "Jupyter Book: md",
    "VitePress: js",
    "GitHub README: md",
    "Notion, and other tools that embed an address: text",
    "Messages: html",
  ]);
});

test("the picture of a README leads to the calculator, and is there", async ({ page, site, request }) => {
  const { code } = recipes.find(({ heading }) => heading === "GitHub README") ?? { code: "" };
  const [, picture = "", link = ""] = /!\[.*\]\((\S+)\)\]\((\S+)\)/.exec(code.replaceAll(EXAMPLE, site.url)) ?? [];
  expect((await request.get(picture)).headers()["content-type"]).toBe("image/png");
  await page.goto(link);
  await expect(page.getByRole("button", { pressed: true })).toContainText("QLoRA");
});

test("the recipe with a theme switch follows it, and says what was chosen", async ({ page, host, site }) => {
  const { code } = recipes.filter(({ heading }) => heading === "The element")[1] ?? { code: "" };
  await host(code.replaceAll(EXAMPLE, site.url));
  await expect(page.locator("#chosen")).toHaveText("batch 1, 2048 tokens");
  const frame = page.frameLocator("headroom-calculator iframe");
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "light");
  await page.evaluate(() => document.documentElement.classList.add("dark"));
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the recipe for a frame that fits its own height does", async ({ page, host, site }) => {
  const { code } = recipes.find(({ heading }) => heading === "Messages") ?? { code: "" };
  await page.setViewportSize({ width: 360, height: 800 });
  await host(code.replaceAll(EXAMPLE, site.url));
  const frame = page.locator("#memory");
  const content = () =>
    frame
      .contentFrame()
      .locator("html")
      .evaluate((html) => Math.ceil(html.getBoundingClientRect().height));
  await expect.poll(async () => (await frame.evaluate((box) => box.clientHeight)) === (await content())).toBe(true);
  expect(await content()).toBeGreaterThan(420);
});
