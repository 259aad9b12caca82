import { describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { runToEnd } from "#advice/trial.ts";
import { smallestRuns } from "#advice/smallest-gpu.ts";
import { formatGib } from "#format/bytes.ts";
import { type Badge, badgeMarkdown } from "#interop/badge.ts";
import { modelCardTable } from "#interop/model-card-table.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

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
