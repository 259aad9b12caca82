import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { layPreview, PREVIEW_OPTIONS, PREVIEW_SIZE } from "../../tools/build/preview-picture.mjs";
import { withPreview } from "../../tools/build/preview-tags.mjs";
import { previewWords } from "../../tools/build/preview-words.mjs";
import { serveFolder } from "../../tools/house/static-server.mjs";

const tagsOf = (html: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...html.matchAll(/<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"/g)].map(
      ([, name, content]) => [name, content],
    ),
  );

test("a link is shown with the page's title, what it is, and a picture of the right size", () => {
  const tags = tagsOf(readFileSync("dist/index.html", "utf8"));
  expect(tags).toMatchObject({
    "og:type": "website",
    "og:site_name": "Headroom",
    "og:title": "Headroom: will your fine-tune fit?",
    "og:description": expect.stringContaining("GPU memory"),
    "og:image": "./preview.png",
    "og:image:width": "1200",
    "og:image:height": "630",
    "og:image:alt": expect.stringContaining("QLoRA"),
    "twitter:card": "summary_large_image",
  });
});

test("nothing in the page stands for its address: a link is shared with its scenario", () => {
  const html = readFileSync("dist/index.html", "utf8");
  expect(tagsOf(html)).not.toHaveProperty("og:url");
  expect(html).not.toContain("canonical");
});

test("the picture's address is whole where the build knows its own", () => {
  const page = "<title>T</title>\n";
  process.env["SITE_URL"] = "https://example.org/headroom";
  try {
    expect(tagsOf(withPreview(page))["og:image"]).toBe("https://example.org/headroom/preview.png");
    process.env["SITE_URL"] = "not an address";
    expect(() => withPreview(page)).toThrow("SITE_URL is no address: not an address");
  } finally {
    delete process.env["SITE_URL"];
  }
});

/** The colours of the kept picture, each with the number of its pixels. */
const coloursOf = (page: Page, png: Buffer): Promise<Readonly<Record<string, number>>> =>
  page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context?.drawImage(image, 0, 0);
    const { data = [] } = context?.getImageData(0, 0, image.width, image.height) ?? {};
    const found: Record<string, number> = {};
    for (let at = 0; at < data.length; at += 4) {
      const colour = `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`;
      found[colour] = (found[colour] ?? 0) + 1;
    }
    return found;
  }, png.toString("base64"));

test.describe("the kept picture", () => {
  test.use(PREVIEW_OPTIONS);

  test("is built in as it is, and has as much of each part's colour as the bars of the built page have", async ({
    page,
  }) => {
    const kept = readFileSync("public/preview.png");
    expect(readFileSync("dist/preview.png").equals(kept)).toBe(true);
    const { port, close } = await serveFolder({ folder: "dist" });
    await layPreview(page, `http://localhost:${port}/`);
    const [before, now] = [await coloursOf(page, kept), await coloursOf(page, await page.screenshot())];
    const parts = await page
      .locator("#bars svg:visible g > rect[fill^='var(']")
      .evaluateAll((all) => [...new Set(all.map((each) => getComputedStyle(each).fill))]);
    expect(parts.length).toBeGreaterThan(5);
    // Fonts are those of the machine that draws: letters may lie over a little more or less of a bar.
    for (const colour of parts) {
      expect(now[colour], colour).toBeGreaterThan(50);
      expect(Math.abs((before[colour] ?? 0) / (now[colour] ?? 1) - 1), colour).toBeLessThan(0.05);
    }
    await close();
  });

  test("holds every word that is kept with it, whole and in view", async ({ page }) => {
    const { port, close } = await serveFolder({ folder: "dist" });
    await layPreview(page, `http://localhost:${port}/`);
    const html = readFileSync("dist/index.html", "utf8");
    const { verdict, cards, bars } = previewWords(html);
    const { width, height } = PREVIEW_OPTIONS.viewport;
    const sides = await page.evaluate(() =>
      [...document.querySelectorAll("h1, header, button[aria-pressed] span, #bars svg text")]
        .filter((each) => each.checkVisibility())
        .map((each) => ({ text: each.textContent, ...each.getBoundingClientRect().toJSON() })),
    );
    expect(
      sides.filter(({ left, right, top, bottom }) => left < 0 || top < 0 || right > width || bottom > height),
    ).toEqual([]);
    const shown = (await page.locator("header").evaluate((header) => header.dataset["scenario"])) ?? "";
    const text = [shown, ...sides.map((side) => side.text)].join(" ");
    const [, ...labels] = bars;
    expect([...verdict, ...cards, ...labels].filter((word) => !text.includes(word))).toEqual([]);
    expect([width * PREVIEW_OPTIONS.deviceScaleFactor, height * PREVIEW_OPTIONS.deviceScaleFactor]).toEqual([
      PREVIEW_SIZE.width,
      PREVIEW_SIZE.height,
    ]);
    await close();
  });
});
