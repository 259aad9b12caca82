import { describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { runToEnd } from "#advice/trial.ts";
import { smallestRuns } from "#advice/smallest-gpu.ts";
import { formatGib } from "#format/bytes.ts";
import { type Badge, badgeMarkdown, badgeColors, badgeSvg, badgeOf } from "#interop/badge.ts";
import { modelCardTable } from "#interop/model-card-table.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { readFileSync } from "node:fs";
import { textWidth } from "#format/svg.ts";
import { answerOf, focusOf, settledOf } from "../answered.ts";

const PAGE = "https://example.org/headroom/";

const BADGE: Badge = {
  subject: "LoRA of m",
  outcome: "1.0 GiB, fits T4",
  line: "LoRA of m: 1.0 GiB, fits T4",
  fit: "fits",
  detail: "",
  link: "?v=1&gpu=t4",
};

describe("the line that shows a badge", () => {
  it("is a picture with its words and the link to the scenario", () => {
    expect(badgeMarkdown(BADGE, PAGE)).toBe(
      "[![LoRA of m: 1.0 GiB, fits T4](badge.svg)](https://example.org/headroom/?v=1&gpu=t4)",
    );
  });

  it("leads nowhere where no page is known", () => {
    expect(badgeMarkdown(BADGE, null)).toBe("![LoRA of m: 1.0 GiB, fits T4](badge.svg)");
  });

  it("keeps the brackets of names and links from ending it", () => {
    expect(badgeMarkdown({ ...BADGE, line: "LoRA of [a](b)", link: "?v=1&arch=(x)" }, PAGE)).toBe(
      String.raw`[![LoRA of \[a\](b)](badge.svg)](https://example.org/headroom/?v=1&arch=%28x%29)`,
    );
  });
});

describe("the table for a model card", () => {
  const { value: choices } = decodeLink("?v=1&model=qwen2.5-7b&gpu=t4", FULL_CATALOG);
  const rows = runToEnd(smallestRuns({ choices, methods: ["full", "qlora"] }, FULL_CATALOG));
  const scenario = toAnswer(choices, FULL_CATALOG);
  const needed = rows.map(({ answer }) => formatGib(answer?.methods[0]?.estimate.onCardBytes ?? 0));

  it("has for each method what it needs on its smallest card, and the link to that run", () => {
    const [head, , full, qlora, empty, foot] = modelCardTable(rows, { scenario, page: PAGE }).split("\n");
    expect(head).toBe("| Fine-tuning | GiB per GPU | Smallest GPU | Scenario |");
    expect(full).toMatch(
      new RegExp(
        String.raw`^\| Full \| ${needed[0]} \| \S.+ \(\d+ GB\).* \| \[open\]\(https://example\.org/headroom/\?v=1&model=qwen2\.5-7b&method=full&gpu=\S+\) \|$`,
      ),
    );
    expect(qlora).toMatch(new RegExp(String.raw`^\| QLoRA \| ${needed[1]} \| .*&method=qlora&gpu=\S+\) \|$`));
    expect(empty).toBe("");
    expect(foot).toMatch(/^Qwen2\.5 7B, all linear r = 16, batch 1 × 2,048 tokens\. .*not measured\./);
  });

  it("has no links where no page is known", () => {
    const table = modelCardTable(rows, { scenario, page: null });
    expect(table).toMatch(/^\| Fine-tuning \| GiB per GPU \| Smallest GPU \|\n\| --- \| ---: \| --- \|\n/);
    expect(table).not.toContain("](");
  });

  it("says where no card is enough, and what may not fit", () => {
    const [none, run] = [{ method: "full", answer: null } as const, rows[1]];
    const [first] = run?.answer?.methods ?? [];
    if (run?.answer === null || run === undefined || first === undefined) throw new Error("QLoRA of 7B fits some card");
    const tight = { ...run.answer, methods: [{ ...first, card: { ...first.card, fit: "tight" } as const }] };
    const lines = modelCardTable([none, { method: "qlora", answer: tight }], { scenario, page: PAGE }).split("\n");
    expect(lines[2]).toBe("| Full | – | no card is enough |  |");
    expect(lines[3]).toMatch(/ GB\), may not fit \| \[open\]/);
  });
});

const BADGE_SVG_BADGE: Badge = {
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
    const svg = badgeSvg(BADGE_SVG_BADGE);
    expect(svg).toMatch(
      /^<svg [^>]*role="img">\n<title>QLoRA of Llama 3\.1 8B: 11\.2 GiB, fits RTX 4070 Ti<\/title>\n<desc>Llama 3\.1 8B, batch/,
    );
    expect(svg).toContain(">QLoRA of Llama 3.1 8B</text>");
    expect(svg).toContain(">11.2 GiB, fits RTX 4070 Ti</text>");
  });

  it("asks for nothing from elsewhere", () => {
    expect(badgeSvg(BADGE_SVG_BADGE).replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /https?:|url\(|href|@import|<script|<image/,
    );
  });

  it("is as wide as its words, each in a place of its own", () => {
    const svg = badgeSvg(BADGE_SVG_BADGE);
    const longer = badgeSvg({ ...BADGE_SVG_BADGE, outcome: `${BADGE_SVG_BADGE.outcome} Super` });
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
    const svg = badgeSvg({ ...BADGE_SVG_BADGE, subject: 'A&B <script>"\u0007\uFFFE\uD800', line: "<i>" });
    expect(svg).toContain(">A&amp;B &lt;script&gt;&quot;</text>");
    expect(svg).toContain("<title>&lt;i&gt;</title>");
  });

  it("has an icon of its own for each outcome", () => {
    const icons = (["fits", "tight", "over", "cannot-run"] as const).map((fit) =>
      /class="headroom-status" d="([^"]+)"[^]*class="headroom-mark" d="([^"]+)"/
        .exec(badgeSvg({ ...BADGE_SVG_BADGE, fit }))
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
    const svg = badgeSvg({ ...BADGE_SVG_BADGE, fit: "over" });
    const style = /<style>([^]*)<\/style>/.exec(svg)?.[1] ?? "";
    const { surface, ink, status, tint } = badgeColors("dark", "over");
    expect(style).toMatch(/^@media \(prefers-color-scheme: dark\) \{/);
    for (const colour of [surface, ink, status, tint]) expect(style).toContain(colour);
    const attributes = svg.replace(style, "");
    for (const colour of [surface, ink, status, tint]) expect(attributes).not.toContain(colour);
    expect(attributes).toContain(`fill="${badgeColors("light", "over").status}"`);
  });
});

const badge = (link: string) => badgeOf(answerOf(link), "chosen");

/** What the engine says that the method in focus needs. */
const needed = (link: string): string => formatGib(focusOf(link).estimate.onCardBytes);

describe("a badge", () => {
  it.each([
    ["?v=1&method=qlora", "QLoRA of Llama 3.1 8B", "GiB, fits RTX 4090"],
    ["?v=1&method=full", "Full fine-tuning of Llama 3.1 8B", "GiB, does not fit RTX 4090"],
    [
      "?v=1&model=qwen2.5-7b&method=qlora&gpu=a100-80gb-sxm&gpus=2",
      "QLoRA of Qwen2.5 7B",
      "GiB per GPU, fits 2 × A100 80GB",
    ],
    ["?v=1&method=qlora&gpu=custom&vram=48", "QLoRA of Llama 3.1 8B", "GiB, fits a card of 48 GB"],
    ["?v=1&gpu=custom&vram=24&gpus=4", "LoRA of Llama 3.1 8B", "GiB per GPU, fits 4 cards of 24 GB"],
  ])("of %s names the method in focus, what it needs, and whether its card holds it", (link, subject, outcome) => {
    expect(badge(link)).toMatchObject({
      subject,
      outcome: `${needed(link)} ${outcome}`,
      line: `${subject}: ${needed(link)} ${outcome}`,
      link,
    });
  });

  it("says what may not fit, and how much is free", () => {
    const { usableBytes } = settledOf("?v=1&method=qlora").gpu;
    const on = focusOf("?v=1&method=qlora").estimate.onCardBytes;
    const used = ((usableBytes - on) / 2 ** 30 - 0.02).toFixed(2);
    const tight = badge(`?v=1&method=qlora&used=${used}`);
    expect(tight).toMatchObject({
      fit: "tight",
      outcome: expect.stringMatching(/GiB, may not fit RTX 4090: < 0\.1 GiB free$/),
    });
    expect(tight?.detail).toMatch(/, of \d+\.\d GiB free\./);
  });

  it("has no figure of what a card cannot run, and says why", () => {
    const stuck = badge("?v=1&gpu=t4&attn=flash");
    expect(stuck).toMatchObject({ fit: "cannot-run", outcome: "cannot run on T4" });
    expect(stuck?.detail).toMatch(/ It cannot run there: [^.]+\. Counted by Headroom/);
    expect(stuck?.detail).not.toContain("Needed");
  });

  it("says what its figure is of, with adapters where there are some", () => {
    expect(badge("?v=1&method=qlora&batch=2")?.detail).toBe(
      "Llama 3.1 8B, all linear r = 16, batch 2 × 2,048 tokens. Needed on the card, with the gaps of PyTorch's allocator and the CUDA context, of 23.5 GiB usable. Counted by Headroom, not measured.",
    );
    expect(badge("?v=1&method=full")?.detail).toMatch(/^Llama 3\.1 8B, batch 1 × 2,048 tokens\./);
  });

  it("leads to the scenario and not to how a page looked", () => {
    expect(badge("?v=1&method=qlora&embed=1&theme=dark&only=bars&lock=model")?.link).toBe("?v=1&method=qlora");
  });

  it("is of a method that is shown where the one in focus is not, and leads to that", () => {
    const answer = answerOf("?v=1&method=lora&show=full,lora,qlora");
    const shown = { ...answer, methods: answer.methods.filter(({ method }) => method === "full") };
    expect(badgeOf(shown, "chosen")).toMatchObject({
      subject: "Full fine-tuning of Llama 3.1 8B",
      link: "?v=1&method=full",
    });
  });

  it("is none where no method is shown", () => {
    expect(badgeOf(settledOf("?v=1"), "chosen")).toBeNull();
  });
});

describe("a badge of the smallest card", () => {
  it("names the card with its size and says how it was chosen", () => {
    const smallest = badgeOf(answerOf("?v=1&method=qlora&gpu=rtx-4080"), "smallest");
    expect(smallest?.outcome).toBe(`${needed("?v=1&method=qlora&gpu=rtx-4080")} GiB, smallest card RTX 4080 (16 GB)`);
    expect(smallest?.detail).toContain("The smallest of the NVIDIA cards that people have or rent");
  });

  it("says how several share the model, and no size twice", () => {
    const link = "?v=1&model=llama-3.1-70b&method=full&gpu=a100-80gb-sxm&gpus=16";
    expect(badgeOf(answerOf(link), "smallest")?.outcome).toBe(
      `${needed(link)} GiB per GPU, smallest cards 16 × A100 80GB with FSDP 2, may not fit: 3.2 GiB free`,
    );
  });

  it("says nothing of sharing where each has all of it", () => {
    const link = "?v=1&method=qlora&gpu=h100-sxm&gpus=2&shard=none";
    expect(badgeOf(answerOf(link), "smallest")?.outcome).toMatch(/GiB per GPU, smallest cards 2 × H100 \(80 GB\)$/);
  });
});
