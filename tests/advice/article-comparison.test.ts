import { describe, expect, test } from "vitest";
import { comparedGpus, comparedMemory, estimatesOfSize } from "#advice/article-comparison.ts";
import { ARTICLE_MEMORY } from "#advice/article-figures.ts";
import { runToEnd } from "#advice/trial.ts";
import { GB } from "#calc/base/bytes.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { formatGb } from "#format/bytes.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const AT = { batch: 1, seq: 2048 } as const;

describe("the article's memory table beside its rule and a step", () => {
  const rows = runToEnd(comparedMemory(AT, FULL_CATALOG));

  test("has every figure that is printed, with both of ours and a sentence that names all three", () => {
    expect(rows).toHaveLength(3 * ARTICLE_MEMORY.length);
    for (const { quoted, ruleBytes, stepBytes, why } of rows) {
      expect(why).toContain(quoted);
      expect(why).toContain(`A step takes ${formatGb(stepBytes)}`);
      expect(why).toMatch(
        Math.abs(Number.parseFloat(quoted) * GB - ruleBytes) < GB / 2
          ? /^The rule gives the .* that is printed\./
          : new RegExp(`(rounded up by hand from|less than) the rule’s ${formatGb(ruleBytes).replace(".", "\\.")}\\.`),
      );
    }
  });

  test("only full fine-tuning follows from its 12 bytes per parameter: 84, 156, 408 and 840 GB exactly", () => {
    const full = rows.filter(({ method }) => method === "full");
    expect(full.map(({ ruleBytes }) => ruleBytes / GB)).toEqual([84, 156, 408, 840]);
    expect(rows.filter(({ why }) => why.startsWith("The rule gives")).map(({ method }) => method)).toEqual(
      full.map(({ method }) => method),
    );
  });

  test("a sentence names what makes the difference, the largest first, with its sign", () => {
    const whyOf = (label: string, method: string): string | undefined =>
      rows.find((each) => each.label === label && each.method === method)?.why;
    expect(whyOf("7B", "full")).toMatch(
      /^The rule gives the 84\+ that is printed\. A step takes [\d.]+: −[\d.]+ GB of optimizer states, which follow the parameters’ own format\.$/,
    );
    expect(whyOf("7B", "lora")).toMatch(
      /^The printed 16 is rounded up by hand from the rule’s 14\.4\. A step takes [\d.]+: \+[\d.]+ GB for logits and loss, which the rule leaves out, \+[\d.]+ GB for activations, which the rule leaves out\.$/,
    );
    for (const { why } of rows) {
      const sizes = [...why.matchAll(/[+−]([\d.]+) GB /g)].map(([, gb]) => Number(gb));
      expect(sizes.length).toBeLessThanOrEqual(3);
      expect(sizes).toEqual(sizes.toSorted((one, other) => other - one));
    }
    expect(whyOf("7B", "qlora")?.match(/ GB for /g)).toHaveLength(3);
    expect(whyOf("70B", "lora")?.match(/ GB for /g)).toHaveLength(1);
  });

  test("gradients are gone at the peak where the logits of more rows are larger than they", () => {
    const why = runToEnd(comparedMemory({ batch: 4, seq: 2048 }, FULL_CATALOG))[0]?.why;
    expect(why).toContain("−14.0 GB of gradients, which are gone at the peak, +");
  });

  test("the terms that a sentence names are differences of the engine's terms", () => {
    const rule = estimatesOfSize(7e9, { stack: "article" }, FULL_CATALOG)("qlora");
    const step = estimatesOfSize(7e9, AT, FULL_CATALOG)("qlora");
    const of = (id: string): number =>
      (step.terms.find((term) => term.id === id)?.bytes ?? 0) - (rule.terms.find((term) => term.id === id)?.bytes ?? 0);
    const why = rows.find(({ label, method }) => label === "7B" && method === "qlora")?.why;
    expect(why).toContain(`+${formatGb(of("logits"))} GB for logits and loss, which the rule leaves out`);
    expect(why).toContain(`+${formatGb(of("weights"))} GB for weights that are not in 4 bits`);
  });
});

describe("the article's smallest GPUs", () => {
  const rows = runToEnd(comparedGpus(AT, FULL_CATALOG));
  const row = (label: string, method: string) => rows.find((each) => each.label === label && each.method === method);

  test("by its own accounting 84 GB does not fit in 80, nor 840 in eight times 80", () => {
    for (const label of ["7B", "70B"]) expect(row(label, "full")).toMatchObject({ fitsByRule: false });
    expect(rows.filter(({ fitsByRule }) => !fitsByRule)).toHaveLength(2);
    for (const { why, fitsByRule } of rows)
      expect(why).toMatch(
        fitsByRule ? /^By its own [\d.]+ GB a card it fits in \d+ GB; / : / a card it does not fit in 80 GB; /,
      );
    expect(row("7B", "full")?.why).toMatch(/^By its own 84\.0 GB a card /);
    expect(row("70B", "full")?.why).toMatch(/^By its own 105 GB a card /);
  });

  test("what a step on the quoted cards does is what the engine says of that scenario", () => {
    const answer = toAnswer(
      {
        ...DEFAULT_CHOICES,
        model: { kind: "size", params: 7e9 },
        gpu: { kind: "catalog", id: "rtx-3080-10gb" },
      },
      FULL_CATALOG,
    );
    expect(row("7B", "qlora")?.fit).toBe(answer.methods.find(({ method }) => method === "qlora")?.card.fit);
    for (const { fit, why } of rows) {
      expect(fit).not.toBeNull();
      const said = {
        fits: /a step fits with [\d.]+\sGiB to spare/,
        tight: /a step may not fit: [\d.]+\sGiB free/,
        over: /a step lacks [\d.]+\sGiB/,
        "cannot-run": /a step cannot run: /,
      } as const;
      expect(why).toMatch(said[fit ?? "cannot-run"]);
      expect(why).toMatch(/(?: to spare|\sGiB free|lacks [\d.]+\sGiB)\. The smallest that holds it is .+\.$/);
    }
  });

  test("a card that is not in the catalog holds nothing, and neither does it lack anything", () => {
    const { "rtx-3080-10gb": quoted, ...gpus } = FULL_CATALOG.gpus;
    expect(quoted?.memoryGb).toBe(10);
    const without = runToEnd(comparedGpus(AT, { ...FULL_CATALOG, gpus }));
    expect(without.find(({ fit }) => fit === null)).toMatchObject({
      quoted: "RTX 3080",
      fitsByRule: null,
      why: expect.stringMatching(/^By its own it is [\d.]+ GB a card\. The smallest that holds it is .+\.$/),
    });
    expect(without.filter(({ fit }) => fit === null)).toHaveLength(1);
  });
});
