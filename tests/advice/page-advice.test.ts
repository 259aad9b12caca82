import { describe, expect, test } from "vitest";
import { quickAdvice } from "#advice/advise.ts";
import { DATA_SIZES, TASKS } from "#advice/article-figures.ts";
import { chooseForMe } from "#advice/choose-for-me.ts";
import { loadedWeights } from "#advice/loaded-weights.ts";
import { bytes } from "#calc/base/bytes.ts";
import { runToEnd } from "#advice/trial.ts";
import { serving } from "#advice/serving.ts";
import { sweep } from "#advice/sweep.ts";
import { type SweepAxis, sweepStops } from "#advice/sweep-axes.ts";
import { topChange } from "#advice/top-change.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { settle } from "#scenario/choices/settle.ts";
import { answerOf, choicesOf, focusOf } from "../answered.ts";
import { drawnOf, SWEEP } from "../swept.ts";

const top = (link: string) => topChange(runToEnd(quickAdvice(choicesOf(link), FULL_CATALOG)));
const words = (link: string): string => {
  const { lead, action, rest } = top(link);
  return `${lead}${action}${rest}`.replaceAll("\u00a0", " ");
};

describe("the top change", () => {
  test("is the cheapest single change that makes it fit, with what it saves and costs", () => {
    expect(words("?v=1&batch=2&seq=4096")).toMatch(
      /^Base weights are [\d.]+ of [\d.]+ GiB\. To make LoRA fit: use a fused loss, which saves [\d.]+ GiB\. Same result: head and loss in one kernel, logits never materialised in full\.$/,
    );
    expect(top("?v=1&batch=2&seq=4096").patch).toEqual({ method: "lora", loss: "fused" });
  });

  test("names several changes where one is not enough", () => {
    expect(words("?v=1&model=qwen2.5-14b&batch=8&seq=8192&ckpt=0")).toMatch(
      /^Activations are [\d.]+ of [\d.]+ GiB\. To make LoRA fit: use a fused loss, .*turn on gradient checkpointing.* and .*, which (saves|leaves) [\d.]+ GiB/,
    );
  });

  test("says what would hold it where nothing makes it fit, and how far it can grow where it fits", () => {
    expect(words("?v=1&model=llama-3.1-405b&method=full&gpu=rtx-4060")).toMatch(
      /^[A-Z][a-z ]+ (is|are) [\d,.]+ of [\d,.]+ GiB\. No change below makes full fine-tuning fit\. It needs \d+ × /,
    );
    expect(words("?v=1&model=llama-3.2-1b")).toMatch(
      /^LoRA has room for a micro batch of \d+, or for [\d,]+ tokens\.$/,
    );
  });
});

/** Every answer to the questions of "choose for me", of three scenarios. */
const WISHES = ["?v=1", "?v=1&gpu=rtx-4060&model=qwen2.5-14b", "?v=1&gpu=h100-sxm&batch=4&seq=8192"].flatMap((link) =>
  DATA_SIZES.flatMap((data) => TASKS.map((task) => ({ link, data, task }))),
);

test(
  "choose for me ends in a scenario that fits, or says why there is none; for every answer to its questions",
  SWEEP,
  () => {
    for (const { link, ...wish } of drawnOf(WISHES)) {
      const choices = choicesOf(link);
      const { patch, reasons } = runToEnd(chooseForMe(choices, wish, FULL_CATALOG));
      expect(reasons.length).toBeGreaterThan(0);
      if (patch === null) expect(reasons.at(-1)).toMatch(/does not fit this card/);
      else expect(focusOf(settle({ ...choices, ...patch })).card.fit).toMatch(/^(fits|tight)$/);
    }
  },
);

test("the article's rank is taken: 128 for more than 100K examples, full fine-tuning where it fits", () => {
  const many = runToEnd(chooseForMe(choicesOf("?v=1"), { data: "over100k", task: "complex" }, FULL_CATALOG));
  expect(many.patch).toMatchObject({ method: "lora", r: 128, alpha: null });
  const big = runToEnd(
    chooseForMe(choicesOf("?v=1&gpu=h200-sxm"), { data: "over100k", task: "complex" }, FULL_CATALOG),
  );
  expect(big.patch).toMatchObject({ method: "full" });
});

test("what is chosen is said with its reasons: the article's, then the engine's", () => {
  const reasonsOf = (link: string, wish: Parameters<typeof chooseForMe>[1]): readonly string[] =>
    runToEnd(chooseForMe(choicesOf(link), wish, FULL_CATALOG)).reasons.map((reason) =>
      reason.replaceAll("\u00a0", " "),
    );
  expect(reasonsOf("?v=1", { data: "under1k", task: "simple" })).toEqual([
    "For under 1K examples the article goes up to rank 8; alpha is twice the rank.",
    expect.stringMatching(/^LoRA fits as it is, with [\d.]+ GiB to spare\.$/),
  ]);
  const [full, not, lora, fits] = reasonsOf("?v=1&batch=2&seq=4096", { data: "over100k", task: "complex" });
  expect(full).toBe("The article chooses full fine-tuning from 100K examples on.");
  expect(not).toBe("Full does not fit this card, not even by changes that leave its result as it is.");
  expect(lora).toBe("For over 100K examples the article goes up to rank 128; alpha is twice the rank.");
  expect(fits).toMatch(/^LoRA fits with [\d.]+ GiB to spare once you [a-z].+\.$/);
  expect(reasonsOf("?v=1", { data: "under1k", task: "newDomain" })[0]).toBe(
    "The article chooses full fine-tuning for a very different domain.",
  );
});

describe("what is chosen", () => {
  const patchFor = (link: string): Partial<Choices> | null =>
    runToEnd(chooseForMe(choicesOf(link), { data: "1kTo10k", task: "complex" }, FULL_CATALOG)).patch;

  test("is plain: whatever was turned before, it is what an untouched page comes to", () => {
    const turned =
      "?v=1&dora=1&save=lm_head&packing=0&attn=eager&loss=chunked&optim=sgd&offload=all&targets=q-v&ckpt=0&alpha=7&tuner=vera&weights=fp16&adapters=bf16&grads=fp32&compute=fp16";
    expect({ ...choicesOf(turned), ...patchFor(turned) }).toEqual({ ...choicesOf("?v=1"), ...patchFor("?v=1") });
    expect(choicesOf("?v=1")).toMatchObject({ ...patchFor("?v=1"), r: 16 });
    expect(patchFor("?v=1")).toMatchObject({ r: 32 });
  });

  test("has each GPU all experts where adapters stand beside them", () => {
    const shared = "?v=1&model=qwen3-30b-a3b&method=full&gpu=h100-sxm&gpus=8&ep=8";
    expect(patchFor(shared)).toMatchObject({ method: "lora", ep: 1 });
  });

  test("is shown, beside what was shown", () => {
    expect(patchFor("?v=1&show=qlora&method=qlora")).toMatchObject({ method: "lora", show: ["lora", "qlora"] });
  });
});

test("adapters that are switched share a base, merged ones have a 16-bit base each", () => {
  const loaded = (method: "lora" | "qlora") => loadedWeights(choicesOf("?v=1"), method, FULL_CATALOG);
  const bases = { lora: loaded("lora"), qlora: loaded("qlora") };
  const one = serving(bases, { method: "qlora", adapters: 1 });
  const ten = serving(bases, { method: "qlora", adapters: 10 });
  expect(ten.switchedBytes - one.switchedBytes).toBe(9 * one.adapterBytes);
  expect(one.adapterBytes).toBe(41_943_040 * 4);
  expect(ten.mergedBytes).toBe(10 * one.mergedBytes);
  expect(one.mergedBytes).toBeGreaterThan(2 * 8.03e9 - 1e7);
  expect(one.baseBytes).toBeLessThan(one.mergedBytes);
});

const onCardWith = (choices: Choices, axis: SweepAxis, value: number): number => {
  const patch = axis === "params" ? { model: { kind: "size" as const, params: value } } : { [axis]: value };
  const { methods } = answerOf({ ...choices, show: ["lora"], ...patch });
  return methods[0]?.estimate.onCardBytes ?? Number.NaN;
};

test.each(["seq", "batch", "r", "params"] as const)(
  "a sweep over %s is the engine at each stop, and crosses a capacity where one more is too much",
  (axis) => {
    const choices = choicesOf("?v=1&loss=fused");
    const capacity = 20 * 2 ** 30;
    const lines = [{ method: "lora", stack: "trl" }] as const;
    const [curve] = runToEnd(sweep({ axis, choices, lines }, [bytes(capacity)], FULL_CATALOG));
    const onCard = (value: number): number => onCardWith({ ...choices, stack: "trl" }, axis, value);
    const stops = sweepStops(axis);
    for (const index of [0, Math.floor(stops.length / 2), stops.length - 1])
      expect(curve?.bytes[index]).toBe(onCard(stops[index] ?? 0));
    const last = curve?.crossings[0]?.value ?? Number.NaN;
    expect(onCard(last)).toBeLessThanOrEqual(capacity);
    if (!curve?.crossings[0]?.capped) expect(onCard(last + 1)).toBeGreaterThan(capacity);
  },
);

test("nothing is within a card that cannot run it, and other cards are as they were", () => {
  const choices = choicesOf("?v=1&gpu=t4&attn=flash");
  const lines = [{ method: "qlora", stack: "transformers" }] as const;
  const [curve] = runToEnd(
    sweep({ axis: "batch", choices, lines }, [bytes(14 * 2 ** 30), bytes(24 * 2 ** 30)], FULL_CATALOG),
  );
  expect(curve?.cannotRun).toBe("no flash kernel");
  expect(curve?.crossings[0]).toEqual({ value: null, capped: false });
  expect(curve?.crossings[1]?.value).toBeGreaterThan(1);
});
