import { describe, expect, test } from "vitest";
import { findLargest } from "#advice/largest-setting.ts";
import { availableBytes, evaluateTrial, runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { FitOption, FitOptions } from "#service/answers/fit-options.ts";
import { ANSWERS } from "#service/questions.ts";
import { choicesOf } from "../../answered.ts";

/** As it comes to the page. */
const optionsOf = (link: string, kept: readonly string[] = []): FitOptions =>
  structuredClone(runToEnd(ANSWERS.fitOptions({ choices: choicesOf(link), kept }, FULL_CATALOG)));
const byId = ({ options }: FitOptions, id: FitOption["id"]): FitOption | undefined =>
  options.find((option) => option.id === id);
const spareOf = (option: FitOption | undefined): number => option?.answer.methods[0]?.card.headroomBytes ?? Number.NaN;

describe("what does not fit", () => {
  const LINK = "?v=1&batch=4&seq=4096";
  const fit = optionsOf(LINK);

  test("has a way of each kind", () => {
    expect(fit.does).toBe("make it fit");
    expect(fit.options.map(({ id }) => id)).toEqual(["free", "slower", "format", "hardware", "learns-less"]);
  });

  test("is answered with the engine's own figures for the method in focus alone", () => {
    for (const { patch, answer } of fit.options) {
      const trial = evaluateTrial({ ...choicesOf(LINK), ...patch }, FULL_CATALOG);
      expect(answer.methods.map(({ method }) => method)).toEqual([trial.choices.method]);
      expect(answer.methods[0]?.card).toEqual(trial.card);
    }
  });

  test("says of each change what it saves after those before it: together what all save", () => {
    const before = evaluateTrial(choicesOf(LINK), FULL_CATALOG).onCardBytes;
    for (const { changes, answer } of fit.options) {
      const saved = changes.reduce((sum, { savedBytes }) => sum + savedBytes, 0);
      expect(before - saved).toBe(answer.methods[0]?.estimate.onCardBytes);
    }
  });

  test("says accumulation once where batch and cards change together, as it is with both", () => {
    const link = "?v=1&model=llama-3.1-8b&gpu=b200&batch=64&accum=2&seq=131072";
    const hardware = byId(optionsOf(link), "hardware");
    const changes = hardware?.changes.filter(({ subject }) => subject === "batch" || subject === "cards");
    expect(changes?.map(({ fields }) => fields)).toEqual([["batch", "accum"], ["gpus"]]);
    expect(changes?.map(({ detail }) => detail)).toEqual([undefined, undefined]);
    const { batch = 0, accum = 0, gpus = 0 } = hardware?.patch ?? {};
    expect(batch * accum * gpus).toBe(128);
  });

  test("is composed again without what is kept", () => {
    const slower = byId(fit, "slower");
    expect(slower?.changes.map(({ subject }) => subject)).toContain("batch");
    const without = optionsOf(LINK, ["batch", "cards"]);
    for (const { patch } of without.options) expect(patch).not.toHaveProperty("batch");
    expect(byId(without, "hardware")?.whyNot).toBe("Nothing of this kind helps");
  });

  test("needs nothing else where what is free is enough", () => {
    const free = optionsOf("?v=1&batch=2&seq=4096");
    expect(byId(free, "free")?.whyNot).toBeNull();
    expect(byId(free, "slower")?.whyNot).toBe("Not needed");
  });

  test("is offered nothing where the card cannot run it", () => {
    const none = optionsOf("?v=1&model=llama-3.2-1b&gpu=t4&attn=flash");
    expect(none.options).toEqual([]);
  });
});

describe("what fits", () => {
  const LINK = "?v=1&model=llama-3.2-1b";
  const room = optionsOf(LINK);

  test("can grow by each number, as far as the card takes it", () => {
    expect(room.does).toBe("use the room");
    const start = evaluateTrial(choicesOf(LINK), FULL_CATALOG);
    const { method } = start.choices;
    const card = { availableBytes: availableBytes(start.choices, FULL_CATALOG), catalog: FULL_CATALOG };
    const { value } = runToEnd(findLargest("maxSequence", start, card));
    expect(byId(room, "maxSequence")?.patch).toEqual({ method, seq: value });
    expect(byId(room, "maxBatch")?.patch).toEqual({
      method,
      batch: runToEnd(findLargest("maxBatch", start, card)).value,
    });
    expect(byId(room, "maxRank")?.patch).toEqual({ method, r: runToEnd(findLargest("maxRank", start, card)).value });
    const model = runToEnd(findLargest("maxModelParams", start, card)).value;
    expect(byId(room, "maxModelParams")?.patch).toEqual({ method, model: { kind: "size", params: model } });
    for (const option of room.options) expect(spareOf(option)).toBeGreaterThanOrEqual(0);
  });

  test("can grow further beside what costs nothing: as far as the engine says, and with what each of the two takes", () => {
    const start = evaluateTrial(choicesOf(LINK), FULL_CATALOG);
    const liger = evaluateTrial({ ...start.choices, liger: true }, FULL_CATALOG);
    const card = { availableBytes: availableBytes(start.choices, FULL_CATALOG), catalog: FULL_CATALOG };
    const value = runToEnd(findLargest("maxSequence", liger, card)).value ?? 0;
    const sequence = byId(room, "maxSequence");
    expect(value).toBeGreaterThan(sequence?.patch.seq ?? Number.NaN);
    expect(sequence?.both).toMatchObject({ patch: { liger: true, seq: value }, beside: "Liger’s kernels" });
    for (const { both, patch } of room.options) {
      if (both === null) continue;
      expect(Object.keys(both.patch)).toEqual(expect.arrayContaining(Object.keys(patch)));
      const [one] = both.answer.methods;
      const saved = both.changes.reduce((sum, { savedBytes }) => sum + savedBytes, 0);
      expect(start.onCardBytes - saved).toBe(one?.estimate.onCardBytes);
      expect(one?.card.headroomBytes).toBeGreaterThanOrEqual(0);
    }
  });

  test("can grow further beside expandable segments, which leave the peak as it is, where nothing else is free", () => {
    const fused = optionsOf(`${LINK}&liger=1&loss=fused&attn=flash&optim=adamw_torch_fused`);
    const sequence = byId(fused, "maxSequence");
    expect(sequence?.both).toMatchObject({ patch: { alloc: "expandable" }, beside: "expandable segments" });
    expect(sequence?.both?.patch.seq).toBeGreaterThan(sequence?.patch.seq ?? Number.NaN);
  });

  test("stands alone where nothing that is free gives it more room, or it is as large as there is", () => {
    const done = optionsOf(`${LINK}&liger=1&loss=fused&attn=flash&optim=adamw_torch_fused&alloc=expandable`);
    for (const { both } of done.options) expect(both).toBeNull();
    expect(byId(optionsOf("?v=1&model=qwen2.5-0.5b&gpu=b200&seq=512"), "maxRank")).toMatchObject({
      changes: [{ title: "The maximum" }],
      both: null,
    });
  });

  test("has no rank in full fine-tuning, and what is at its end cannot grow", () => {
    const full = optionsOf(`${LINK}&method=full`);
    expect(full.options.map(({ id }) => id)).toEqual(["maxSequence", "maxBatch", "maxModelParams"]);
    const tokens = byId(full, "maxSequence")?.patch.seq ?? 0;
    const ended = byId(optionsOf(`${LINK}&method=full&seq=${tokens}`), "maxSequence");
    expect(ended).toMatchObject({ whyNot: "Cannot grow on this card", changes: [], patch: {} });
  });
});

test("what is left says what can still grow, but what was just made smaller", () => {
  const left = (except: readonly (keyof Choices)[]): readonly string[] =>
    runToEnd(ANSWERS.roomLeft({ choices: choicesOf("?v=1&model=llama-3.2-1b&batch=2"), except }, FULL_CATALOG));
  expect(left([])).toEqual([
    expect.stringMatching(/^a micro batch of [\d,]+$/),
    expect.stringMatching(/^[\d,]+ tokens$/),
    expect.stringMatching(/^rank [\d,]+$/),
  ]);
  expect(left(["batch", "r"])).toEqual([expect.stringMatching(/tokens$/)]);
});
