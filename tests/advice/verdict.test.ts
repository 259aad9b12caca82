import fc from "fast-check";
import { describe, expect, test, it } from "vitest";
import { CARD_CANDIDATES, smallestGpu } from "#advice/smallest-gpu.ts";
import type { CardCandidate } from "#advice/gpu-words.ts";
import { verdict, type VerdictInput, fitsOnLabels } from "#advice/verdict.ts";
import { fitOnCard, onCardByReplay, onCardByRule } from "#calc/card/fit.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { answerOf, choicesOf, focusOf, settledOf } from "../answered.ts";

const peakOf = (gib: number, gpus = 1): MemoryEstimate => {
  const peakBytes = bytes(Math.round(gib * GIB));
  return {
    params: 1,
    trainableParams: 1,
    hostBytes: bytes(0),
    peakBytes,
    peakMoment: "forward",
    ...onCardByReplay({ neededBytes: Math.round(1.02 * peakBytes), reservedBytes: Math.round(1.08 * peakBytes) }, gpus),
    terms: [],
    moments: [],
  };
};

/** Cards with these usable GiB, named by their size. */
const cards = (...gib: readonly number[]): readonly CardCandidate[] =>
  gib.map((one) => ({ id: "l40s", shortName: "L40S", memoryGb: Math.ceil(one), usableBytes: one * GIB }));

/** Peaks of the methods (GiB) on a card of so many usable GiB. */
const say = (
  peaks: Partial<Record<MethodId, number>>,
  usableGib: number,
  { candidates = [], ...more }: Partial<VerdictInput> & Readonly<{ candidates?: readonly CardCandidate[] }> = {},
): readonly string[] => {
  const gpus = more.gpus ?? 1;
  const methods = METHODS.flatMap((method) => {
    const gib = peaks[method];
    if (gib === undefined) return [];
    const on = (usableBytes: number) => fitOnCard(peakOf(gib, gpus), bytes(usableBytes));
    const smallest = () => smallestGpu(candidates, ({ usableBytes }) => on(usableBytes).fit);
    return [{ method, card: on(usableGib * GIB), smallest }];
  });
  const gpu = { shortName: "RTX 4090", usableBytes: usableGib * GIB, isCustom: false };
  const input = { methods, gpu, gpus, ...more };
  return verdict(input).map((sentence) => sentence.replaceAll("\u00a0", " "));
};

describe("the verdict", () => {
  test("begins with what is trained for where that is not plain fine-tuning, and with what is beside it", () => {
    expect(say({ lora: 20 }, 23.6, { objective: "DPO" })[0]).toMatch(/^DPO on an RTX 4090: LoRA fits with/);
    expect(say({ lora: 20 }, 23.6, { objective: "GRPO", share: 0.3 })[0]).toMatch(/^GRPO on an RTX 4090 beside vLLM: /);
  });

  test("names what fits with its spare, then what does not with what it lacks, nearest first", () => {
    expect(say({ full: 73.4, lora: 25.88, qlora: 16.1 }, 23.6)).toEqual([
      "On an RTX 4090, QLoRA fits with 6.8 GiB to spare.",
      "LoRA needs 3.2 GiB more, full fine-tuning 51.7 GiB.",
    ]);
  });

  test("two that fit share a sentence, and one that is tight may not fit", () => {
    expect(say({ full: 73.4, lora: 15, qlora: 10 }, 23.6)[0]).toBe(
      "On an RTX 4090, QLoRA fits with 13.0 GiB to spare, LoRA with 7.9 GiB.",
    );
    expect(say({ full: 73.4, lora: 22, qlora: 10 }, 23.6).slice(0, 2)).toEqual([
      "On an RTX 4090, QLoRA fits with 13.0 GiB to spare.",
      "LoRA may not fit: 0.8 GiB free.",
    ]);
    expect(say({ lora: 30, qlora: 22 }, 23.6)).toEqual([
      "On an RTX 4090 QLoRA may not fit: 0.8 GiB free.",
      "LoRA needs 7.4 GiB more.",
    ]);
  });

  test("what may not fit is never said to fit, alone or with others", () => {
    const tight = { candidates: cards(15, 23, 47, 79) };
    expect(say({ lora: 22 }, 23.6, tight)).toEqual(["On an RTX 4090 LoRA may not fit: 0.8 GiB free."]);
    expect(say({ lora: 22.2, qlora: 22 }, 23.6, tight)).toEqual([
      "On an RTX 4090 QLoRA may not fit: 0.8 GiB free, LoRA 0.6 GiB.",
    ]);
    expect(say({ lora: 22 }, 23.6, { objective: "DPO" })).toEqual([
      "DPO on an RTX 4090: LoRA may not fit, 0.8 GiB free.",
    ]);
    expect(say({ full: 76, lora: 15, qlora: 10 }, 79.2, tight)).toEqual([
      "On an RTX 4090, QLoRA fits with 68.6 GiB to spare, LoRA with 63.5 GiB.",
      "Full fine-tuning may not fit: 1.3 GiB free.",
      "QLoRA alone still fits on an L40S, 15 GB.",
    ]);
  });

  test("all fit: the largest spare, and the smallest card on which all still do", () => {
    expect(say({ full: 40, lora: 15, qlora: 10 }, 79.2, { candidates: cards(23, 31, 44, 47, 79) })).toEqual([
      "On an RTX 4090, all three fit; QLoRA leaves the most, 68.6 GiB.",
      "All three still fit on an L40S, 44 GB.",
    ]);
  });

  test("both fit where two are shown, and one where one is", () => {
    expect(say({ lora: 15, qlora: 10 }, 79.2, { candidates: cards(23) })).toEqual([
      "On an RTX 4090, both fit; QLoRA leaves the most, 68.6 GiB.",
      "Both still fit on an L40S, 23 GB.",
    ]);
    expect(say({ lora: 15 }, 79.2, { candidates: cards(23) })).toEqual([
      "On an RTX 4090, LoRA fits with 63.5 GiB to spare.",
      "LoRA still fits on an L40S, 23 GB.",
    ]);
  });

  test("a card is smaller with 95 % of the memory, and not with more", () => {
    const shown = (gib: number): number => say({ qlora: 10 }, 100, { candidates: cards(gib) }).length;
    expect([shown(94.9), shown(95), shown(95.1)]).toEqual([2, 1, 1]);
  });

  test("all fit, and no smaller card holds all: the lightest method's card", () => {
    expect(say({ full: 70, lora: 15, qlora: 10 }, 79.2, { candidates: cards(15, 23, 47, 79) })[1]).toBe(
      "QLoRA alone still fits on an L40S, 15 GB.",
    );
  });

  test("a card with nearly the same memory is not offered as a smaller one", () => {
    expect(say({ full: 70, lora: 60 }, 79.2, { candidates: cards(79) })).toHaveLength(1);
  });

  test("none fits: the closest method, what it lacks, and a card that would hold it", () => {
    expect(say({ full: 150, lora: 42, qlora: 30 }, 23.6, { candidates: cards(23, 31, 47) })).toEqual([
      "On an RTX 4090, nothing fits: QLoRA is closest, 7.4 GiB over.",
      "It fits on an L40S, 47 GB.",
    ]);
  });

  test("none fits, and the largest card may not be enough: that it may not fit on that", () => {
    expect(say({ full: 150, lora: 44.4 }, 23.6, { candidates: cards(23, 31, 47) })).toEqual([
      "On an RTX 4090, nothing fits: LoRA is closest, 22.1 GiB over.",
      "It may not fit on an L40S, 47 GB.",
    ]);
  });

  test("none fits anywhere", () => {
    const small = { candidates: cards(23) };
    expect(say({ full: 150 }, 23.6, small)).toEqual([
      "On an RTX 4090, full fine-tuning needs 129.8 GiB more.",
      "No single card that people have or rent holds it.",
    ]);
    expect(say({}, 23.6)).toEqual([]);
  });

  test("what no single card holds is so many of the chosen one, never the GiB that no card has", () => {
    const several = "16 × RTX 4090 with FSDP 2";
    const sayOf = (peaks: Partial<Record<MethodId, number>>, usableGib: number): readonly string[] => {
      const methods = METHODS.flatMap((method) => {
        const gib = peaks[method];
        if (gib === undefined) return [];
        const card = fitOnCard(peakOf(gib), bytes(usableGib * GIB));
        return [{ method, card, smallest: () => null, several: gib > 100 ? several : null }];
      });
      const gpu = { shortName: "RTX 4090", usableBytes: usableGib * GIB, isCustom: false };
      return verdict({ methods, gpu, gpus: 1 }).map((sentence) => sentence.replaceAll("\u00a0", " "));
    };
    expect(sayOf({ full: 300, lora: 30, qlora: 10 }, 23.6)[1]).toBe(
      "LoRA needs 7.4 GiB more, full fine-tuning 16 × RTX 4090 with FSDP 2.",
    );
    expect(sayOf({ full: 300, qlora: 10 }, 23.6)[1]).toBe("Full fine-tuning needs 16 × RTX 4090 with FSDP 2.");
    expect(sayOf({ full: 300 }, 23.6)).toEqual(["On an RTX 4090, full fine-tuning needs 16 × RTX 4090 with FSDP 2."]);
    expect(sayOf({ full: 300, lora: 200 }, 23.6)).toEqual([
      "On an RTX 4090, nothing fits: LoRA is closest, 180.8 GiB over.",
      "It fits on 16 × RTX 4090 with FSDP 2.",
    ]);
  });

  test("several cards are counted, and a card of the user's own is named by its size", () => {
    expect(say({ qlora: 10 }, 23.6, { gpus: 8 })[0]).toBe("On 8 × RTX 4090, QLoRA fits with 11.5 GiB to spare.");
    expect(
      say({ qlora: 10 }, 23.6, { gpus: 2, gpu: { shortName: "", usableBytes: 23.6 * GIB, isCustom: true } })[0],
    ).toMatch(/^On 2 cards with 23\.6 GiB usable each, QLoRA fits with /);
    const gpu = { shortName: "24 GB", usableBytes: 23.6 * GIB, isCustom: true };
    expect(say({ qlora: 10 }, 23.6, { gpu })[0]).toBe(
      "On a card with 23.6 GiB usable, QLoRA fits with 13.0 GiB to spare.",
    );
  });

  test("is a sentence for each outcome at most, fits, may not, does not, and each ends in a full stop", () => {
    const gib = fc.option(fc.double({ min: 0.1, max: 2000, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(gib, gib, fc.double({ min: 0.1, max: 2000, noNaN: true }), (full, lora, qlora) => {
        const sentences = say(
          { ...(full === undefined ? {} : { full }), ...(lora === undefined ? {} : { lora }), qlora },
          79.2,
          { candidates: cards(23, 47) },
        );
        expect([1, 2, 3]).toContain(sentences.length);
        for (const sentence of sentences) {
          expect(sentence).toMatch(/^[A-Z].*[^.]\.$/);
          expect(sentence).not.toMatch(/NaN|undefined|–/);
        }
      }),
    );
  });
});

describe("the cards that an answer may name", () => {
  test("come smallest first, and each can compute in bf16", () => {
    const sizes = CARD_CANDIDATES.map(({ usableBytes }) => usableBytes);
    expect(sizes.length).toBeGreaterThan(5);
    expect(sizes).toEqual(sizes.toSorted((one, other) => one - other));
    expect(CARD_CANDIDATES.map(({ shortName }) => shortName)).not.toContain("T4");
  });

  test("the smallest that holds an estimate fits it, and those before do not; else it may fit, and none fits", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 200, noNaN: true }), (gib) => {
        const fitOn = ({ usableBytes }: CardCandidate) => fitOnCard(peakOf(gib), bytes(usableBytes)).fit;
        const found = smallestGpu(CARD_CANDIDATES, fitOn);
        const fits = CARD_CANDIDATES.map(fitOn);
        const first = ["fits" as const, "tight" as const].find((fit) => fits.includes(fit));
        expect(found).toEqual(first === undefined ? null : { ...CARD_CANDIDATES[fits.indexOf(first)], fit: first });
      }),
    );
  });
});

const CARDS: readonly CardCandidate[] = [
  { id: "l40s", shortName: "L40S", memoryGb: 48, usableBytes: 44 * GIB },
  { id: "h100-sxm", shortName: "H100", memoryGb: 80, usableBytes: 79 * GIB },
];

const method = (id: MethodId, peakGib: number, several: string | null = null): VerdictInput["methods"][number] => {
  const on = (usableBytes: number) => fitOnCard(onCardByRule(bytes(peakGib * GIB), 1), bytes(usableBytes));
  const smallest = () => smallestGpu(CARDS, ({ usableBytes }) => on(usableBytes).fit);
  return { method: id, card: on(24 * GIB), smallest, several };
};

const holders = (...methods: VerdictInput["methods"]): ReturnType<typeof fitsOnLabels> =>
  fitsOnLabels({
    methods,
    gpu: { shortName: "RTX 4090", usableBytes: 24 * GIB, isCustom: false },
    gpus: 1,
  });

test("the smallest card that holds a method is named with its size; else several of the chosen one; else nothing", () => {
  expect(holders(method("lora", 30), method("full", 60))).toEqual({
    lora: "Fits on 1\u00a0×\u00a0L40S, 48\u00a0GB",
    full: "Fits on 1\u00a0×\u00a0H100, 80\u00a0GB",
  });
  expect(holders(method("full", 200, "16 × RTX 4090 with FSDP 2"))).toEqual({
    full: "Fits on 16 × RTX 4090 with FSDP 2",
  });
  expect(holders(method("full", 200))).toEqual({});
});

test("a card on which a method may not fit is named as such, and only where several do not hold it either", () => {
  expect(holders(method("full", 75))).toEqual({ full: "May not fit on 1\u00a0×\u00a0H100, 80\u00a0GB" });
  expect(holders(method("full", 75, "4 × RTX 4090 with FSDP 2"))).toEqual({ full: "Fits on 4 × RTX 4090 with FSDP 2" });
});

test("what fits and what cannot run needs no other card", () => {
  const stuck = method("full", 30);
  expect(
    holders(method("lora", 10), { ...stuck, card: { ...stuck.card, fit: "cannot-run", cannotRun: "no bf16" } }),
  ).toEqual({});
});

const says = (link: string): readonly string[] =>
  pageAnswer({ choices: choicesOf(link) }, FULL_CATALOG).sentences.map((sentence) =>
    sentence.replaceAll("\u00a0", " "),
  );

/** What a method's worst moment lacks or leaves, in GiB. */
const gib = (link: string, method: MethodId): string => {
  const { run } = focusOf({ ...choicesOf(link), method });
  return (Math.abs(run?.headroomBytes ?? 0) / GIB).toFixed(1);
};

describe("the verdict of a whole run", () => {
  it("names the moment that is too much where the step fits, and a card that holds that moment", () => {
    const link = "?v=1&show=lora&eval=8";
    const [first, second] = says(link);
    expect(first).toBe(
      `On an RTX 4090, LoRA fits while training; evaluation at batch 8 needs ${gib(link, "lora")} GiB more.`,
    );
    const [lora] = answerOf(link).methods;
    const fitOn = (id: string) => {
      const { gpu } = settledOf(`${link}&gpu=${id}`);
      return lora?.run && fitOnCard(lora.run.worst, bytes(gpu.usableBytes)).fit;
    };
    // An evaluation goes by the rule, which says "fits" up to 80 % of a card.
    expect(second).toBe("It fits on an RTX A6000, 48 GB.");
    expect([fitOn("a100-40gb-pcie"), fitOn("rtx-a6000")]).toEqual(["tight", "fits"]);
  });

  it("says that a run may not fit where only a moment outside the step comes so close", () => {
    const link = "?v=1&show=lora&eval=8&gpu=a100-40gb-pcie";
    const [lora] = answerOf(link).methods;
    expect([lora?.card.fit, lora?.run?.fit, lora?.run?.worst.id]).toEqual(["fits", "tight", "evaluate"]);
    expect(says(link)).toEqual([
      `On an A100 40GB PCIe LoRA may not fit: ${gib(link, "lora")} GiB free in evaluation at batch 8.`,
    ]);
  });

  it("names what fits as a whole first, then what only trains, then what does not even train", () => {
    const link = "?v=1&eval=4";
    expect(says(link)).toEqual([
      `On an RTX 4090, QLoRA fits with ${gib(link, "qlora")} GiB to spare in evaluation at batch 4.`,
      `LoRA fits while training; evaluation at batch 4 needs ${gib(link, "lora")} GiB more.`,
      `Full fine-tuning needs ${gib(link, "full")} GiB more.`,
    ]);
  });

  it("names the moment of a method that does not even train, where that takes most", () =>
    expect(says("?v=1&show=full&eval=8")[0]).toBe(
      `On an RTX 4090, full fine-tuning needs ${gib("?v=1&show=full&eval=8", "full")} GiB more in evaluation at batch 8.`,
    ));

  it("says of several that none fits as a whole, and which comes closest", () => {
    const link = "?v=1&show=lora,qlora&eval=32";
    expect(says(link)[0]).toBe(
      `On an RTX 4090, no run fits as a whole: QLoRA fits while training; evaluation at batch 32 needs ${gib(link, "qlora")} GiB more.`,
    );
  });

  it("is that of the step where the step is the worst", () => {
    expect(says("?v=1&eval=1&evalseq=128")).toEqual(says("?v=1"));
    expect(says("?v=1&stack=article&eval=8")).toEqual(says("?v=1&stack=article"));
  });

  it("says of a card that lacks what the step needs what it lacks, and nothing of moments", () => {
    const [link, alone] = ["eval=8&", ""].map((keys) => `?v=1&${keys}show=lora&model=smollm2-135m&gpu=t4&attn=flash`);
    expect(says(link ?? "")).toEqual(says(alone ?? ""));
  });
});
