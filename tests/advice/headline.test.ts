import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { headline } from "#advice/headline.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { usualTraining } from "./arbitrary-training.ts";
import { tried } from "../tried.ts";

const WORDS = (length: number): string => "x".repeat(length);

describe("the headline", () => {
  test("holds the sentences that go together within two lines, and leaves the others", () => {
    expect(headline([WORDS(60), WORDS(57), WORDS(1)])).toEqual({
      head: `${WORDS(60)} ${WORDS(57)}`,
      rest: WORDS(1),
    });
    expect(headline([WORDS(60), WORDS(58), WORDS(1)])).toEqual({ head: WORDS(60), rest: `${WORDS(58)} ${WORDS(1)}` });
  });

  test("is the first sentence, however long; a short one after one that has no room does not overtake it", () => {
    expect(headline([WORDS(200), WORDS(1)])).toEqual({ head: WORDS(200), rest: WORDS(1) });
    expect(headline([WORDS(200)])).toEqual({ head: WORDS(200), rest: "" });
    expect(headline([])).toEqual({ head: "", rest: "" });
  });

  tried(
    "of any scenario is at most 118 characters, and nothing of the verdict is lost",
    { quick: 60, thorough: 600 },
    (runs) => {
      fc.assert(
        fc.property(usualTraining, (choices) => {
          const { sentences } = pageAnswer({ choices }, FULL_CATALOG);
          const { head, rest } = headline(sentences);
          expect(head.length).toBeLessThanOrEqual(118);
          expect(`${head} ${rest}`.trim()).toBe(sentences.join(" "));
        }),
        runs,
      );
    },
  );

  test.each([
    "?v=1&batch=4&seq=4096",
    "?v=1&batch=2&seq=4096&gpu=t4",
    "?v=1&batch=64&seq=65536",
    "?v=1&model=llama-3.2-1b",
  ])("of %s is the same before all models and GPUs are here", (link) => {
    const { value: choices } = decodeLink(link, FULL_CATALOG);
    const [before, after] = [POPULAR_CATALOG, FULL_CATALOG].map((catalog) => pageAnswer({ choices }, catalog));
    expect(before?.sentences).toEqual(after?.sentences);
    expect(before?.holders).toEqual(after?.holders);
  });

  test.each([
    "?v=1&gpu=rtx-pro-6000-blackwell&gpus=64&method=full",
    "?v=1&gpu=a100-80gb-sxm&gpus=256&model=llama-3.1-405b",
    "?v=1&model=custom&params=6738415616&gpu=custom&vram=24GiB&gpus=1024",
    // Full fine-tuning may not fit: with the two that do it has no room in one sentence.
    "?v=1&method=full&stack=article&r=1&targets=q-v&seq=64&packing=0&ckpt=0&gpu=strix-halo-128",
  ])("of %s too", (link) => {
    const { value: choices } = decodeLink(link, FULL_CATALOG);
    expect(headline(pageAnswer({ choices }, FULL_CATALOG).sentences).head.length).toBeLessThanOrEqual(118);
  });
});
