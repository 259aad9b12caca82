import { expect, test, describe } from "vitest";
import { TERM_IDS } from "#calc/model/terms.ts";
import { changesTerm } from "#advice/prices.ts";
import { type FailedRequest, waysOut } from "#advice/oom-changes.ts";
import { evaluateTrial } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

const termsOf = (subject: string): readonly string[] => TERM_IDS.filter((term) => changesTerm({ subject }, term));

test.each([
  ["loss", ["logits"]],
  ["attention", ["activations"]],
  ["checkpointing", ["activations"]],
  ["allocator", ["framework"]],
  ["optimizer", ["optimizer"]],
  ["rank", ["adapters"]],
  ["quantization", ["weights"]],
  ["batch", []],
  ["nothing", []],
])("a change of %s is made for %j", (subject, terms) => {
  expect(termsOf(subject)).toEqual(terms);
});

const LOGITS: FailedRequest = { term: "logits", evaluated: null, isOfRows: true, helps: "step" };

const waysOf = (link: string, request: FailedRequest) => {
  const choices = decodeLink(link, FULL_CATALOG).value;
  const work = waysOut(choices, request, FULL_CATALOG);
  let next = work.next();
  while (!next.done) next = work.next();
  return { choices, ways: next.value, titles: next.value.map(({ knob }) => knob.title) };
};

describe("ways out of a request that failed", () => {
  test("are changes for its component, a smaller batch and shorter rows, the largest saving first", () => {
    const { ways, titles } = waysOf("?v=1&method=lora&batch=2&seq=4096", LOGITS);
    expect(titles[0]).toBe("Fused loss");
    expect(titles).toEqual(expect.arrayContaining(["Batch 2 to 1", expect.stringMatching(/^Sequence/)]));
    const saved = ways.map(({ savedBytes }) => savedBytes);
    expect(saved).toEqual(saved.toSorted((one, other) => other - one));
    expect(Math.min(...saved)).toBeGreaterThan(0);
  });

  test("have of one subject one: the loss by one of its ways", () => {
    const { ways } = waysOf("?v=1&method=lora&batch=2&seq=4096", LOGITS);
    const subjects = ways.map(({ knob }) => knob.subject);
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  test("come to what the engine says of the scenario that they make", () => {
    const { choices, ways } = waysOf("?v=1&method=lora&batch=2&seq=4096", LOGITS);
    const [first] = ways;
    const before = evaluateTrial(choices, FULL_CATALOG).onCardBytes;
    const after = evaluateTrial({ ...choices, ...first?.knob.patch }, FULL_CATALOG).onCardBytes;
    expect(first?.savedBytes).toBe(before - after);
  });

  test("do not touch batch and length where the size does not depend on them", () => {
    const gradient: FailedRequest = { term: "gradients", evaluated: null, isOfRows: false, helps: "step" };
    const { titles } = waysOf("?v=1&method=full", gradient);
    expect(titles.length).toBeGreaterThan(0);
    expect(titles.join()).not.toMatch(/^Batch|Sequence/);
  });

  test("are of the weights alone while a model is loaded, and none where it is saved", () => {
    const loading: FailedRequest = { term: "weights", evaluated: null, isOfRows: false, helps: "weights" };
    expect(waysOf("?v=1&method=lora", loading).titles.join()).toMatch(/QLoRA/);
    expect(waysOf("?v=1&method=lora", { ...loading, helps: "none" }).titles).toEqual([]);
  });

  // 8 x 2,000 x 256,000 logits in fp32 are 15.3 GiB; an RTX 4090 holds the evaluation with three rows.
  test("of an evaluation are its largest batch that fits, and one row", () => {
    const { ways, titles } = waysOf("?v=1&model=gemma-2-2b&method=lora&seq=2000", { ...LOGITS, evaluated: 8 });
    expect(titles).toEqual(["Evaluation batch 8 to 3", "Evaluation batch 8 to 1"]);
    expect(ways.map(({ knob }) => knob.patch)).toEqual([{ eval: 3 }, { eval: 1 }]);
    expect(ways.every(({ trial }) => trial.isWayOut)).toBe(true);
  });

  test("of an evaluation that no card of this size holds are one row", () => {
    const { titles } = waysOf("?v=1&model=gemma-2-27b&method=lora&seq=8000", { ...LOGITS, evaluated: 8 });
    expect(titles).toEqual(["Evaluation batch 8 to 1"]);
  });
});
