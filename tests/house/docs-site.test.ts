import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { anchorOf } from "../../tools/docs/anchor.mjs";
import { checkLinks } from "../../tools/docs/check-links.mjs";
import { groupsOf, INDEX } from "../../tools/docs/groups.mjs";
import { linksOf, liveEmbedsOf, liveEmbedTag, parseLiveEmbed } from "../../tools/docs/live-embed.mjs";
import { readPages, sitePathOf } from "../../tools/docs/pages.mjs";
import { baseOf } from "../../tools/docs/places.mjs";
import { siteLink } from "../../tools/docs/site-link.mjs";

const COMMENT = `<!-- live ?v=1&method=lora&r=16&loss=full
What rank and loss
take.
r: 8 | 16
loss: full | fused -->
`;

describe("a live embed in Markdown", () => {
  test("is a comment with a link, a sentence, and values of keys", () => {
    expect(parseLiveEmbed(COMMENT)).toEqual({
      link: "?v=1&method=lora&r=16&loss=full",
      says: "What rank and loss take.",
      choices: [
        { key: "r", values: ["8", "16"] },
        { key: "loss", values: ["full", "fused"] },
      ],
    });
    expect(parseLiveEmbed("<!-- accuracy: npm run accuracy-page -->")).toBe(null);
  });

  test("can ask for its own link, and for that with each other value", () => {
    const [embed] = liveEmbedsOf(`Before.\n\n${COMMENT}\nAfter.`);
    expect(liveEmbedsOf(`\`\`\`md\n${COMMENT}\`\`\`\n`)).toEqual([]);
    if (embed === undefined) throw new Error("not found");
    expect(linksOf(embed)).toEqual([
      "?v=1&method=lora&r=16&loss=full",
      "?v=1&method=lora&r=8&loss=full",
      "?v=1&method=lora&r=16&loss=fused",
    ]);
  });

  test("becomes a component whose attributes say the same", () => {
    const tag = liveEmbedTag({ link: "?v=1&r=8", says: 'A "sentence" <here>.', choices: [] });
    expect(tag).toBe('<LiveEmbed link="?v=1&amp;r=8" says="A &quot;sentence&quot; &lt;here>." choices="[]" />\n');
  });

  test.each([
    ["<!-- live\nNo link. -->", /has no link/],
    ["<!-- live ?v=1&r=8 -->", /has no sentence/],
    ["<!-- live ?v=1&r=8\nSays.\nr: 16 | 32 -->", /begins with no value of r/],
  ])("that cannot be read ends the build: %j", (comment, sentence) => {
    expect(() => parseLiveEmbed(comment)).toThrow(sentence);
  });

  test("stands in the methodology where formulas can be tried", () => {
    const embeds = liveEmbedsOf(readFileSync("docs/methodology.md", "utf8"));
    expect(embeds.length).toBeGreaterThanOrEqual(5);
  });
});

describe("a link of a Markdown file", () => {
  const sources = new Set(["docs/links.md", "docs/adr/0001-a.md", "src/README.md", "README.md"]);
  test.each([
    ["docs/a.md", "links.md#keys", { href: "/links.md#keys", file: null }],
    ["docs/adr/0001-a.md", "../links.md", { href: "/links.md", file: null }],
    ["docs/a.md", "../src/README.md", { href: "/repository/src/README.md", file: null }],
    ["README.md", "docs/adr", { href: "/adr/0001-a.md", file: null }],
    ["docs/a.md", "../LICENSE", { href: "/repository/LICENSE.txt", file: "LICENSE" }],
    ["README.md", "docs/screen.png", { href: "/repository/docs/screen.png", file: "docs/screen.png" }],
    ["docs/a.md", "https://example.org/x.md", null],
    ["docs/a.md", "#here", null],
  ])("of %s, %s, leads to its page, or to a copy of its file", (source, link, led) => {
    expect(siteLink(link, { source, sources })).toEqual(led);
  });

  test("names an anchor as GitHub makes it", () => {
    expect(anchorOf("`b`, `c`, `d`: scenarios side by side")).toBe("b-c-d-scenarios-side-by-side");
    expect(anchorOf("What is _not_ exact?")).toBe("what-is-_not_-exact");
  });
});

describe("the sidebar", () => {
  const index = "# A\n\n## Use\n\n- [Links](links.md): keys\n\n## Decisions\n\n- [One](adr/0001-a.md)\n";
  test("has the groups of the index, and a page that it does not name beside those of the same folder", () => {
    const sources = [INDEX, "docs/links.md", "docs/new.md", "docs/adr/0001-a.md", "docs/adr/0002-b.md"];
    const groups = groupsOf({ index, sources, read: (source) => `# Heading of ${source}\n` });
    expect(groups.map(({ text, entries }) => [text, entries.map((entry) => entry.text)])).toEqual([
      ["Use", ["Links", "Heading of docs/new.md"]],
      ["Decisions", ["One", "Heading of docs/adr/0002-b.md"]],
    ]);
  });

  test("leads to pages that are there, and to every page", () => {
    const sources = readPages(".").map(({ source }) => source);
    const read = (source: string): string => readFileSync(source, "utf8");
    const entries = groupsOf({ index: read(INDEX), sources, read }).flatMap((group) => group.entries);
    expect(entries.filter(({ source }) => !existsSync(source))).toEqual([]);
    expect(entries.map(({ source }) => source).sort()).toEqual(sources.filter((source) => source !== INDEX).sort());
    expect(new Set(sources.map(sitePathOf)).size).toBe(sources.length);
  });
});

describe("the links of a built site", () => {
  const site = new Map([
    ["index.html", '<a href="/docs/a.html#here">a</a><a href="https://example.org/">out</a><img src="./x.png">'],
    ["a.html", '<h1 id="here">A</h1><a href="./index.html">home</a><a href="/docs/calculator/?v=1&amp;r=8">try</a>'],
    ["x.png", null],
    ["calculator/index.html", '<a href="gone.html">not ours</a>'],
  ]);

  test("that lead somewhere are counted", () => {
    expect(checkLinks(site, "/docs/")).toEqual([
      { page: "index.html", links: 2, dead: [] },
      { page: "a.html", links: 2, dead: [] },
    ]);
  });

  test.each(["/docs/b.html", "/docs/a.html#gone", "/a.html", "y.png#", "/docs/adr/"])(
    "that are dead are named: %s",
    (link) => {
      const [page] = checkLinks(new Map([...site, ["index.html", `<a class="x" href="${link}">x</a>`]]), "/docs/");
      expect(page).toEqual({ page: "index.html", links: 1, dead: [link] });
    },
  );
});

test("the site stands under the path of its address", () => {
  expect(
    [undefined, "", "https://example.org", "https://example.org/headroom/docs"].map((address) => baseOf(address)),
  ).toEqual(["/", "/", "/", "/headroom/docs/"]);
  expect(() => baseOf("example")).toThrow("SITE_URL is no address: example");
});
