import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { textWidth } from "#format/svg.ts";
import { type Badge, badgeColors, badgeSvg } from "#interop/badge.ts";

const BADGE: Badge = {
  subject: "QLoRA of Llama 3.1 8B",
  outcome: "11.2 GiB, fits RTX 4070 Ti",
  line: "QLoRA of Llama 3.1 8B: 11.2 GiB, fits RTX 4070 Ti",
  fit: "fits",
  detail: "Llama 3.1 8B, batch 1 × 2,048 tokens.",
  link: "?v=1&method=qlora",
};

const numberOf = (svg: string, pattern: RegExp): number => Number(pattern.exec(svg)?.[1]);

describe("a badge as SVG", () => {
  it("says by name and description what it shows", () => {
    const svg = badgeSvg(BADGE);
    expect(svg).toMatch(
      /^<svg [^>]*role="img">\n<title>QLoRA of Llama 3\.1 8B: 11\.2 GiB, fits RTX 4070 Ti<\/title>\n<desc>Llama 3\.1 8B, batch/,
    );
    expect(svg).toContain(">QLoRA of Llama 3.1 8B</text>");
    expect(svg).toContain(">11.2 GiB, fits RTX 4070 Ti</text>");
  });

  it("asks for nothing from elsewhere", () => {
    expect(badgeSvg(BADGE).replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /https?:|url\(|href|@import|<script|<image/,
    );
  });

  it("is as wide as its words, each in a place of its own", () => {
    const svg = badgeSvg(BADGE);
    const longer = badgeSvg({ ...BADGE, outcome: `${BADGE.outcome} Super` });
    const width = numberOf(svg, /^<svg [^>]*width="(\d+)"/);
    expect(numberOf(longer, /^<svg [^>]*width="(\d+)"/) - width).toBeCloseTo(textWidth(" Super", 12), -0.5);
    const [first, second] = [...svg.matchAll(/<text [^>]*x="([\d.]+)"[^>]*textLength="([\d.]+)"/g)].map(
      ([, x, length]) => ({
        from: Number(x),
        to: Number(x) + Number(length),
      }),
    );
    const split = numberOf(svg, /class="headroom-tint" d="M(\d+)/);
    expect(first?.from).toBe(8);
    expect(split - (first?.to ?? 0)).toBeGreaterThanOrEqual(8);
    expect(second?.from).toBe(split + 26);
    expect(width - (second?.to ?? 0)).toBeGreaterThanOrEqual(8);
  });

  it("keeps a name from being read as markup, and from breaking the file", () => {
    const svg = badgeSvg({ ...BADGE, subject: 'A&B <script>"\u0007\uFFFE\uD800', line: "<i>" });
    expect(svg).toContain(">A&amp;B &lt;script&gt;&quot;</text>");
    expect(svg).toContain("<title>&lt;i&gt;</title>");
  });

  it("has an icon of its own for each outcome", () => {
    const icons = (["fits", "tight", "over", "cannot-run"] as const).map((fit) =>
      /class="headroom-status" d="([^"]+)"[^]*class="headroom-mark" d="([^"]+)"/
        .exec(badgeSvg({ ...BADGE, fit }))
        ?.slice(1)
        .join(" "),
    );
    expect(new Set(icons).size).toBe(4);
    expect(icons).not.toContain(undefined);
  });
});

describe("the colours of a badge", () => {
  const css = readFileSync("src/app/tokens.css", "utf8");
  const [light = "", dark = ""] = [/^:root \{([^}]+)\}/m, /:root\[data-theme="dark"\] \{([^}]+)\}/].map(
    (block) => block.exec(css)?.[1],
  );
  const token = (block: string, name: string): string | undefined =>
    new RegExp(`--${name}: (#[0-9a-f]+);`).exec(block)?.[1];

  it.each([
    ["fits", "fits"],
    ["tight", "tight"],
    ["over", "over"],
    ["cannot-run", "over"],
  ] as const)("are the page’s own for what %s", (fit, name) => {
    for (const [theme, block] of [
      ["light", light],
      ["dark", dark],
    ] as const)
      expect(badgeColors(theme, fit)).toEqual({
        surface: token(block, "surface"),
        ink: token(block, "ink"),
        line: token(block, "line-strong"),
        status: token(block, name),
        tint: token(block, `${name}-bg`),
      });
  });

  it("are light by the attributes, and dark where the reader’s pages are", () => {
    const svg = badgeSvg({ ...BADGE, fit: "over" });
    const style = /<style>([^]*)<\/style>/.exec(svg)?.[1] ?? "";
    const { surface, ink, status, tint } = badgeColors("dark", "over");
    expect(style).toMatch(/^@media \(prefers-color-scheme: dark\) \{/);
    for (const colour of [surface, ink, status, tint]) expect(style).toContain(colour);
    const attributes = svg.replace(style, "");
    for (const colour of [surface, ink, status, tint]) expect(attributes).not.toContain(colour);
    expect(attributes).toContain(`fill="${badgeColors("light", "over").status}"`);
  });
});
