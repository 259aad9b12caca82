import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boxWords, candidateWords } from "#advice/card-words.ts";
import { runThrough } from "#advice/run-through.ts";
import { smallestCard } from "#advice/smallest-card.ts";
import { CARD_CANDIDATES, type CardCandidate, isSmaller } from "#advice/smallest-gpu.ts";
import { smallestRuns } from "#advice/smallest-runs.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { badgeOf } from "#interop/badge/badge.ts";
import { advise } from "#package/api.ts";
import { ALL_TOOLS } from "#package/mcp/all-tools.ts";
import { fitOf } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { settle } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { anyLink } from "../scenario/arbitrary-links.ts";
import { tried } from "../tried.ts";
import { arbitraryRun, arbitraryTraining } from "./arbitrary-training.ts";

const choicesOf = (link: string): Choices => decodeLink(link, FULL_CATALOG).value;

/** How the method in focus goes on a card, as whoever chose that card would be told. */
const fitOn = (choices: Choices, { id }: CardCandidate): string | undefined => {
  const [one] = toAnswer({ ...choices, gpu: { kind: "catalog", id } }, FULL_CATALOG).methods;
  return one && fitOf(one);
};

/** The last sentence of the verdict on one method, where that names a card: the way out, or a smaller card. */
const namedBy = ({ sentences }: Readonly<{ sentences: readonly string[] }>): string | undefined =>
  sentences
    .map((sentence) => /^(?:It|.* still) fits on (.*)\.$/.exec(sentence)?.[1])
    .find((name) => name !== undefined);

describe("README's example", () => {
  const link = "?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=2&seq=4096";
  const answer = pageAnswer({ choices: choicesOf(link) }, FULL_CATALOG);

  it("has one smallest card for LoRA on the page, in `advise`, on a badge and for assistants", () => {
    expect(answer.holders.lora).toBe("Fits on 1\u00a0×\u00a0A100 40GB");
    expect(advise(link).smallestGpu).toContainEqual({ method: "lora", gpu: "a100-40gb-sxm", gpus: 1, fit: "fits" });
    expect(advise(link).knobs.map(({ id }) => id)).toContain("gpu-a100-40gb-sxm");
    const [run] = runThrough(smallestRuns({ choices: choicesOf(link), methods: ["lora"] }, FULL_CATALOG));
    expect(run?.answer && badgeOf(run.answer, "smallest")?.outcome).toBe("30.5 GiB, smallest card A100 40GB");
    expect(ALL_TOOLS["advise"]?.answer({ link }).text).toContain("lora: 1 x a100-40gb-sxm;");
    expect(ALL_TOOLS["smallest_gpu"]?.answer({ link }).text).toContain("On 1 x A100 40GB SXM4");
  });
});

tried(
  "page, advice and badge name one smallest card: it fits there, and not on the next smaller one",
  { quick: 40, thorough: 600 },
  (runs) =>
    fc.assert(
      fc.property(fc.oneof(anyLink.map(choicesOf), arbitraryTraining, arbitraryRun), (drawn) => {
        const choices = settle({ ...drawn, show: [drawn.method] });
        const page = pageAnswer({ choices }, FULL_CATALOG);
        fc.pre(page.notKnown.length === 0);
        const { method, gpus } = choices;
        const link = encodeLink(choices);
        const { found } = smallestCard(choices, method, FULL_CATALOG);
        const [badge] = runThrough(smallestRuns({ choices, methods: [method] }, FULL_CATALOG));
        expect(badge?.answer?.gpu.id, link).toBe(found?.id);

        const one = found?.gpus === gpus && found.fit === "fits" ? found : null;
        if (one !== null) expect(fitOn(choices, one), link).toBe("fits");
        const smaller = CARD_CANDIDATES.findLast((card) => one === null || card.usableBytes < one.usableBytes);
        if (smaller !== undefined) expect(fitOn(choices, smaller), link).not.toBe("fits");

        const chosenFit = page.methods.map(fitOf)[0];
        const named =
          chosenFit === "over" || (chosenFit === "fits" && one && isSmaller(one.usableBytes, page.gpu.usableBytes));
        if (named && one) expect(namedBy(page), link).toBe(candidateWords(one, gpus));
        if (chosenFit === "over" && one) expect(page.holders[method], link).toBe(`Fits on ${boxWords(one, gpus)}`);
        const single = CARD_CANDIDATES.map((card) => `Fits on ${boxWords(card, gpus)}`);
        if (one === null) expect(single, link).not.toContain(page.holders[method]);
      }),
      runs,
    ),
);
