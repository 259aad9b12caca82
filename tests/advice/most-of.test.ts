import { expect, test } from "vitest";
import { aliveSubject } from "#advice/top-change.ts";
import { type Most, largestTerm } from "#advice/advise.ts";
import { evaluateTrial } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

const mostAt = (keys: string): Most | null =>
  largestTerm(evaluateTrial(decodeLink(`?v=1&${keys}`, FULL_CATALOG).value, FULL_CATALOG));

test.each([
  ["batch=4&seq=4096", "step", "logits"],
  ["eval=8", "evaluate", "logits"],
  ["eval=8&evalkeep=logits&evalbatches=20", "evaluate", "kept outputs"],
  ["model=qwen3-30b-a3b&gpu=h100-sxm&saving=full", "save", "weights"],
])("of %s, in %s, are %s", (keys, moment, name) => expect(mostAt(keys)).toMatchObject({ moment, name }));

test("are nothing where it fits", () => {
  expect(mostAt("")).toBeNull();
  expect(mostAt("eval=1&evalseq=128")).toBeNull();
});

test.each([
  ["logits", "Logits and loss are"],
  ["weights", "Base weights are"],
  ["optimizer", "The optimizer is"],
  ["kept outputs", "Outputs that are kept are"],
  ["whole parameters", "Whole parameters are"],
  ["constructor", "Constructor are"],
])("%s begins a sentence: %s", (name, subject) => expect(aliveSubject(name)).toBe(subject));
