import { describe, expect, test } from "vitest";
import { type QuickAdvice, quickAdvice } from "#advice/advise.ts";
import type { Knob } from "#advice/knobs/knob.ts";
import { runToEnd, type Trial, evaluateTrial } from "#advice/trial.ts";
import { topChange, phrasedTogether } from "#advice/top-change.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import type { TermId } from "#calc/model/terms.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { allKnobs, allScales } from "#advice/knobs/all-knobs.ts";
import { moreCards } from "#advice/knobs/gpus.ts";

const RUN = evaluateTrial(DEFAULT_CHOICES, FULL_CATALOG);

const trial = (fit: Fit, gib: number, choices: Partial<Choices> = {}): Trial => ({
  ...RUN,
  choices: { ...DEFAULT_CHOICES, batch: 2, seq: 1024, ...choices },
  onCardBytes: bytes(gib * GIB),
  fit,
  card: { ...RUN.card, fit },
});

const knob = (phrase: string): Knob => ({
  id: phrase,
  subject: phrase,
  title: phrase,
  phrase,
  price: "lossFused",
  patch: { loss: "fused" },
});

const advice = (patch: Partial<QuickAdvice>): QuickAdvice => ({
  start: trial("over", 30),
  knobs: [],
  smallestSet: null,
  most: null,
  scores: "",
  inverse: { maxBatch: { value: 2, capped: false }, maxSequence: { value: 1024, capped: false } },
  smallestCards: [],
  ...patch,
});

const said = (patch: Partial<QuickAdvice>): string => {
  const { lead, action, rest } = topChange(advice(patch));
  return `${lead}${action}${rest}`.replaceAll("\u00a0", " ");
};

describe("experts that QLoRA leaves as they are", () => {
  const saidOf = (keys: string): string => {
    const choices = decodeLink(`?v=1&model=qwen3-30b-a3b&method=qlora&show=qlora&${keys}`, FULL_CATALOG).value;
    const { lead, action } = topChange(runToEnd(quickAdvice(choices, FULL_CATALOG)));
    return `${lead}${action}`.replaceAll("\u00a0", " ");
  };

  test("are why base weights are so large, and are quantised first where the library can", () => {
    expect(saidOf("stack=axolotl&gpu=a100-40gb-pcie")).toMatch(
      /^Base weights are 109\.6 of \d+\.\d GiB, as the experts are not quantised\. To make QLoRA fit: .*quantise the experts/,
    );
  });

  test("are named where it fits, too, and not where they are packed", () => {
    expect(saidOf("stack=trl&gpu=h100-sxm")).toMatch(/^The experts are not quantised\. QLoRA has room for /);
    expect(saidOf("stack=unsloth&gpu=h100-sxm")).toMatch(/^QLoRA has room for /);
  });
});

describe("the top change of what does not fit", () => {
  test("is one order with its price, several without one", () => {
    const set = (...phrases: readonly string[]): Partial<QuickAdvice> => ({
      smallestSet: { knobs: phrases.map(knob), trial: trial("fits", 20, { loss: "fused" }) },
    });
    expect(said(set("use a"))).toBe(
      "To make LoRA fit: use a, which saves 10.0 GiB. Same result: head and loss in one kernel, logits never materialised in full.",
    );
    expect(said(set("use a", "use b"))).toBe("To make LoRA fit: use a and use b, which saves 10.0 GiB.");
    expect(said(set("use a", "use b", "use c"))).toBe(
      "To make LoRA fit: use a, use b and use c, which saves 10.0 GiB.",
    );
    const long = Array.from({ length: 7 }, (_, index) => `use what has a name of some length ${index}`);
    expect(said(set(...long))).toBe(
      "To make LoRA fit: use what has a name of some length 0, use what has a name of some length 1, use what has a name of some length 2 and make 4 more changes, which saves 10.0 GiB.",
    );
    expect(said(set("use a".repeat(50), "use b", "use c"))).toMatch(
      /use a and make 2 more changes, which saves 10\.0 GiB\.$/,
    );
    expect(topChange(advice(set("use a"))).patch).toEqual({ method: "lora", loss: "fused" });
  });

  test("says of several what all of them come to", () => {
    const smaller: Knob = { ...knob("-"), subject: "batch", bare: "use less", patch: { batch: 1, accum: 4 } };
    const more: Knob = { ...knob("-"), subject: "cards", bare: "use more", patch: { gpus: 2, accum: 1 } };
    const start = trial("over", 30);
    const choices = { ...start.choices, batch: 4 };
    const set = { knobs: [smaller, more], trial: trial("fits", 20) };
    expect(said({ start: { ...start, choices }, smallestSet: set })).toMatch(
      /^To make LoRA fit: use less and use more and accumulation 2, which/,
    );
  });

  test("says why first: what takes most", () => {
    const set = { smallestSet: { knobs: [knob("use a")], trial: trial("fits", 20) } };
    const most = (id: TermId): Partial<QuickAdvice> => ({
      ...set,
      most: { name: id, bytes: bytes(12.5 * GIB), moment: "step" },
    });
    expect(said(most("logits"))).toMatch(/^Logits and loss are 12\.5 of 30\.0 GiB\. To make LoRA fit: use a, which/);
    expect(said(most("optimizer"))).toMatch(/^The optimizer is 12\.5 of 30\.0 GiB\. To make LoRA fit: /);
    expect(said({ most: most("weights").most ?? null })).toMatch(
      /^Base weights are 12\.5 of 30\.0 GiB\. No change below makes LoRA fit\./,
    );
  });

  test("of other cards is what they leave free, as nothing is saved", () => {
    const other: Knob = { ...knob("use an L40S"), price: "largerCard" };
    expect(said({ smallestSet: { knobs: [other], trial: trial("fits", 30) } })).toMatch(
      /^To make LoRA fit: use an L40S, which leaves [\d.]+ GiB free\. The same run on a larger card: nothing else changes\.$/,
    );
  });

  test("says of a card on which it may not fit that it may not fit there", () => {
    const found = { id: "", shortName: "H100", memoryGb: 80, usableBytes: 0, gpus: 2, fit: "tight" } as const;
    expect(said({ smallestCards: [{ method: "lora", found }] })).toBe(
      "No change below makes LoRA fit. It may not fit on 2 × H100, 80 GB.",
    );
  });

  test("is the card that it needs where no change helps, or none", () => {
    const found = { id: "", shortName: "H100", memoryGb: 80, usableBytes: 0, gpus: 1, fit: "fits" } as const;
    expect(said({ smallestCards: [{ method: "lora", found }] })).toBe(
      "No change below makes LoRA fit. It needs an H100, 80 GB.",
    );
    expect(said({ smallestCards: [{ method: "full", found }] })).toBe(
      "No change below makes LoRA fit. No number of any card that people have or rent holds it.",
    );
    expect(topChange(advice({})).patch).toBeNull();
  });
});

describe("the top change of what fits", () => {
  const room = (maxBatch: number | null, maxSequence: number | null, start = trial("fits", 20)): string =>
    said({
      start,
      inverse: { maxBatch: { value: maxBatch, capped: false }, maxSequence: { value: maxSequence, capped: false } },
    });

  test("is how far batch or length can grow", () => {
    expect(room(3, 1024)).toBe("LoRA has room for a micro batch of 3.");
    expect(room(3, 1088)).toBe("LoRA has room for a micro batch of 3, or for 1,088 tokens.");
    expect(room(3, 1024, trial("fits", 20, { method: "full" }))).toBe(
      "Full fine-tuning has room for a micro batch of 3.",
    );
  });

  test("is no number where it may not fit: then nothing else may use the GPU", () => {
    expect(room(3, 1088, trial("tight", 20))).toBe("Nothing else may use this GPU.");
    expect(room(3, 1088, trial("tight", 20, { gpus: 4 }))).toBe("Nothing else may use these GPUs.");
  });

  test("is of one of them where only that can grow: a row, or 64 tokens", () => {
    expect(room(2, 1088)).toBe("LoRA has room for 1,088 tokens.");
    expect(room(2, 1087)).toMatch(/neither batch nor sequence can grow/);
  });

  test("keeps the rows of an update that accumulates: a micro batch that was cut has no room for less than a divisor", () => {
    const accumulating = trial("fits", 20, { batch: 2, accum: 4 });
    expect(room(3, 1024, accumulating)).toMatch(/neither batch nor sequence can grow/);
    expect(room(5, 1024, accumulating)).toBe("LoRA has room for a micro batch of 4.");
    expect(room(8, 1024, accumulating)).toBe("LoRA has room for a micro batch of 8.");
    expect(room(9, 1024, accumulating)).toBe("LoRA has room for a micro batch of 9.");
  });

  test("is that neither can", () => {
    const full = "LoRA is as large as this card takes: neither batch nor sequence can grow.";
    expect(room(2, 1024)).toBe(full);
    expect(room(null, null)).toBe(full);
  });
});

test("what takes most is said with its reason where attention keeps the scores of all pairs", () => {
  const leadOf = (link: string): string =>
    topChange(runToEnd(quickAdvice(decodeLink(link, FULL_CATALOG).value, FULL_CATALOG))).lead.replaceAll("\u00a0", " ");
  const T4 = "?v=1&model=llama-3.2-1b&gpu=t4&seq=8192&loss=fused";
  expect(leadOf(T4)).toBe(
    "Activations are 24.9 of 35.7 GiB, nearly all of it scores: a T4 has no flash kernel. To make LoRA fit: ",
  );
  expect(leadOf(`${T4}&attn=eager`)).toMatch(/nearly all of it scores\. To make/);
  expect(leadOf("?v=1&model=llama-3.2-1b&gpu=t4&batch=16&seq=1024&ckpt=0&loss=fused")).toContain(
    ", most of it scores: ",
  );
  // Short rows have few pairs.
  expect(leadOf("?v=1&model=llama-3.2-1b&gpu=t4&batch=64&seq=128&ckpt=0&loss=fused")).toMatch(
    /^Activations are [\d.]+ of [\d.]+ GiB\. To make/,
  );
  expect(leadOf("?v=1&batch=4&seq=4096")).not.toContain("scores");
});

describe("a smaller micro batch on more cards is said of once", () => {
  const knobOf = (choices: Choices, id: string): Knob => {
    const cards = moreCards(choices, FULL_CATALOG).map(({ knob }) => knob);
    const scales = allScales(choices, FULL_CATALOG).map(({ at }) => at(1));
    const found = [...scales, ...cards].find((knob) => knob.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  const said = (patch: Partial<Choices>, cards: string): readonly (readonly [string, string | undefined])[] => {
    const choices = { ...DEFAULT_CHOICES, ...patch };
    const both = [knobOf(choices, "batch"), knobOf(choices, cards)];
    return phrasedTogether(choices, both).map(({ phrase, detail }) => [phrase.replaceAll("\u00a0", " "), detail]);
  };

  test("with the accumulation that both of them leave", () => {
    expect(said({ batch: 8 }, "gpus-4")).toEqual([
      ["cut the micro batch to 1", undefined],
      ["use 4 × RTX 4090 with FSDP 2 and accumulation 2", undefined],
    ]);
    expect(said({ batch: 4 }, "gpus-4")).toEqual([
      ["cut the micro batch to 1", undefined],
      ["use 4 × RTX 4090 with FSDP 2", undefined],
    ]);
  });

  test("with the rows that an update takes where they cannot be kept", () => {
    expect(said({ batch: 2 }, "gpus-4")).toEqual([
      ["cut the micro batch to 1 with accumulation 2", "Accumulation 1 to 2."],
      ["use 4 × RTX 4090 with FSDP 2 (an update takes 8 rows then)", "An update takes 8 rows then."],
    ]);
  });

  test("and one of them alone as it is", () => {
    const choices = { ...DEFAULT_CHOICES, batch: 8 };
    const knob = knobOf(choices, "gpus-4");
    const others = allKnobs(choices, FULL_CATALOG).slice(0, 1);
    expect(phrasedTogether(choices, [...others, knob])).toEqual([...others, knob]);
  });
});
