import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { prerenderAnswer } from "#app/prerender.tsx";
import { asIco, FAVICON_SIZE, ICONS } from "../../tools/build/icons.mjs";
import { previewWords } from "../../tools/build/preview-words.mjs";

const { page } = await prerenderAnswer();
const html = readFileSync("index.html", "utf8");

type ManifestIcon = Readonly<{ src: string; sizes: string; type: string; purpose?: string }>;
const manifest = JSON.parse(readFileSync("public/manifest.webmanifest", "utf8")) as Readonly<
  Record<"name" | "description" | "start_url" | "scope" | "theme_color" | "background_color", string> & {
    icons: readonly ManifestIcon[];
  }
>;

/** A PNG's header: its width and height are the 32-bit numbers at 16 and 20. */
const sizeOf = (png: Buffer): readonly [number, number] => [png.readUInt32BE(16), png.readUInt32BE(20)];

describe("public/preview.png", () => {
  test("shows the words, figures and bars of today's static page: npm run pictures draws it anew", () => {
    expect(JSON.parse(readFileSync("tools/build/preview.json", "utf8"))).toEqual(previewWords(page));
  });

  test("would be told from the picture of another answer, by a figure or by a bar alone", () => {
    const words = previewWords(page);
    expect(words.cards).toContain("needed");
    expect(words.parts.length).toBeGreaterThan(10);
    expect(previewWords(page.replaceAll(/\d+\.\d/g, "0.1"))).not.toEqual(words);
    const [before = "", bar = ""] = /fill="var\(--(optimizer)\)"/.exec(page) ?? [];
    expect(previewWords(page.replace(before, before.replace(bar, "framework"))).parts).not.toEqual(words.parts);
    expect(() => previewWords(page.replace('id="verdict"', 'id="other"'))).toThrow("The static page has no ");
  });

  test("is of the size that its tags say, and light enough for those who show it", () => {
    const picture = readFileSync("public/preview.png");
    expect(sizeOf(picture)).toEqual([1200, 630]);
    expect(picture.length).toBeLessThan(150_000);
  });
});

describe("the icons", () => {
  test("of the manifest are there, each of the size that it says", () => {
    const pictures = manifest.icons.filter(({ type }) => type === "image/png");
    expect(pictures.map(({ sizes, purpose }) => [sizes, purpose])).toEqual([
      ["192x192", undefined],
      ["512x512", undefined],
      ["512x512", "maskable"],
    ]);
    for (const { src, sizes } of pictures) expect(sizeOf(readFileSync(`public/${src}`)).join("x"), src).toBe(sizes);
  });

  test("are those that npm run pictures draws, and a page or the manifest names each", () => {
    const named = html + JSON.stringify(manifest);
    for (const { file, size } of ICONS) {
      expect(named).toContain(`"./${file}"`);
      expect(sizeOf(readFileSync(`public/${file}`))).toEqual([size, size]);
    }
  });

  test("that stand on a ground of their own leave nothing transparent, as iOS and maskable icons need it", () => {
    // The colour type of a PNG at 25: 2 is RGB, 6 has transparency.
    for (const { file } of ICONS) expect(readFileSync(`public/${file}`).readUInt8(25), file).toBe(2);
  });

  test("for browsers without SVG are a PNG in favicon.ico", () => {
    const ico = readFileSync("public/favicon.ico");
    const png = ico.subarray(ico.readUInt32LE(18));
    expect(sizeOf(png)).toEqual([FAVICON_SIZE, FAVICON_SIZE]);
    expect(png.length).toBe(ico.readUInt32LE(14));
    expect(asIco(png, FAVICON_SIZE).equals(ico)).toBe(true);
    expect(html).toContain(`href="./favicon.ico" sizes="${FAVICON_SIZE}x${FAVICON_SIZE}"`);
  });
});

describe("what a system reads of the page", () => {
  test("is written once: the manifest has the page's name and description", () => {
    expect(html).toContain(`<title>${manifest.name}</title>`);
    expect(html).toContain(`content="${manifest.description}"`);
  });

  test("stands under any path: addresses are relative, and the page's address tells two copies of one host apart", () => {
    const { start_url: start, scope, icons } = manifest;
    expect([start, scope, ...icons.map(({ src }) => src)].filter((address) => !address.startsWith("./"))).toEqual([]);
    // An `id` is read from the root of the host, whatever folder the manifest is in.
    expect(manifest).not.toHaveProperty("id");
  });

  test("has the page's own ground, in the light and in the dark", () => {
    const [light, dark] = [...readFileSync("src/app/tokens.css", "utf8").matchAll(/--surface: (#\w+);/g)].map(
      ([, colour]) => colour,
    );
    const colours = [...html.matchAll(/name="theme-color" content="(#\w+)" media="\(prefers-color-scheme: (\w+)\)"/g)];
    expect(colours.map(([, colour, scheme]) => [scheme, colour])).toEqual([
      ["light", light],
      ["dark", dark],
    ]);
    expect([manifest.theme_color, manifest.background_color]).toEqual([light, light]);
  });
});
