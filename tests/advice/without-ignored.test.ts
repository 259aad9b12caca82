import { expect, test } from "vitest";
import { evaluateTrial, runToEnd } from "#advice/trial.ts";
import { withoutIgnored } from "#advice/knobs/all-knobs.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { pageAdvice } from "#service/answers/advice-answers.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { issuesOfChoices } from "#scenario/choices/answer-issues.ts";
import { settle } from "#scenario/choices/settle.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { choicesOf } from "../answered.ts";

const issuesIn = (link: string): readonly string[] =>
  issuesOfChoices(choicesOf(link), FULL_CATALOG).map(({ message }) => message);

/** The link of a change, the choices that it makes useless at their defaults. */
const changed = (link: string, patch: Partial<Choices>): string => {
  const before = choicesOf(link);
  return encodeLink(withoutIgnored(before, evaluateTrial({ ...before, ...patch }, FULL_CATALOG), FULL_CATALOG).choices);
};

test.each([
  ["?v=1&stack=trl&reentrant=1", { stack: "torchtune-compiled" }, "?v=1&stack=torchtune-compiled"],
  ["?v=1&reentrant=0", { stack: "unsloth" }, "?v=1&stack=unsloth"],
  ["?v=1&liger=1&stack=trl", { stack: "plain-torch" }, "?v=1&stack=plain-torch"],
  ["?v=1&alloc=expandable&lengths=uniform", { offload: "all" }, "?v=1&offload=all"],
  // An evaluation is not estimated there, and its keys have no effect without it.
  ["?v=1&eval=1&evalseq=64&evallist=1", { gpus: 2, ulysses: 2 }, "?v=1&gpus=2&ulysses=2"],
  // Reserved memory depends on the mean that is used.
  ["?v=1&seq=4096&lengths=lognormal:1024", { seq: 512 }, "?v=1&seq=512&lengths=lognormal:512"],
] as const)("%s with %o leaves out what has no effect then", (link, patch, after) => {
  expect(issuesIn(encodeLink({ ...choicesOf(link), ...patch }))).not.toEqual([]);
  expect(changed(link, patch)).toBe(after);
  expect(issuesIn(after)).toEqual([]);
});

test("a choice that had no effect before the change either is left alone", () => {
  const link = "?v=1&stack=unsloth&reentrant=0";
  expect(issuesIn(link)).toEqual(["reentrant=0 is nothing that this library has; reentrant=1 is used."]);
  expect(changed(link, { batch: 2 })).toBe("?v=1&stack=unsloth&batch=2&reentrant=0");
});

test("what is applied on the page is the scenario of the advice’s link", () => {
  const { choices, changes } = runToEnd(
    pageAdvice({ choices: choicesOf("?v=1&model=smollm2-135m&method=full&lengths=uniform") }, FULL_CATALOG),
  );
  const patch = changes.find(({ knob }) => knob.id === "offload-optimizer")?.patch;
  expect(patch).toEqual({ method: "full", offload: "optimizer", lengths: "fixed" });
  expect(encodeLink(settle({ ...choices, ...patch }))).toBe("?v=1&model=smollm2-135m&method=full&offload=optimizer");
});
