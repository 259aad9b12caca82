import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { withPreview } from "../../tools/build/preview-tags.mjs";

const tagsOf = (html: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...html.matchAll(/<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"/g)].map(
      ([, name, content]) => [name, content],
    ),
  );

test("a link is shown with the page's title, what it is, and a picture of the right size", () => {
  const tags = tagsOf(readFileSync("dist/index.html", "utf8"));
  expect(tags).toMatchObject({
    "og:title": "Headroom: will your fine-tune fit?",
    "og:description": expect.stringContaining("GPU memory"),
    "og:image": "./preview.png",
    "twitter:card": "summary_large_image",
  });
  const picture = readFileSync("dist/preview.png");
  // A PNG's header: its width and height are the 32-bit numbers at 16 and 20.
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1200, 630]);
  expect([Number(tags["og:image:width"]), Number(tags["og:image:height"])]).toEqual([1200, 630]);
});

test("the picture's address is whole where the build knows its own", () => {
  process.env["SITE_URL"] = "https://example.org/headroom";
  try {
    const tags = tagsOf(withPreview("<title>T</title>\n", true));
    expect(tags["og:image"]).toBe("https://example.org/headroom/preview.png");
    process.env["SITE_URL"] = "not an address";
    expect(() => withPreview("<title>T</title>\n", true)).toThrow("SITE_URL is no address: not an address");
  } finally {
    delete process.env["SITE_URL"];
  }
  expect(tagsOf(withPreview("<title>T</title>\n", false))).toEqual({
    "og:type": "website",
    "og:site_name": "Headroom",
    "og:title": "T",
    "og:description": "",
    "twitter:card": "summary",
  });
});
