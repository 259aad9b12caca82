import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boxWords, candidateWords, type CardCandidate } from "#advice/gpu-words.ts";
import { runToEnd } from "#advice/trial.ts";
import { smallestCard, CARD_CANDIDATES, isSmaller, smallestRuns } from "#advice/smallest-gpu.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { badgeOf } from "#interop/badge.ts";
import { advise } from "#package/api.ts";
import { ALL_TOOLS } from "#package/mcp/server.ts";
import { fitOf } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { notKnownOf } from "#scenario/choices/not-known.ts";
import { settle } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { choicesOf } from "../answered.ts";
import { anyLink } from "../scenario/arbitrary-links.ts";
import { tried } from "../tried.ts";
import { arbitraryRun, arbitraryTraining } from "./arbitrary-training.ts";

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
    const [run] = runToEnd(smallestRuns({ choices: choicesOf(link), methods: ["lora"] }, FULL_CATALOG));
    expect(run?.answer && badgeOf(run.answer, "smallest")?.outcome).toBe("30.5 GiB, smallest card A100 40GB");
    expect(ALL_TOOLS["advise"]?.answer({ link }).text).toContain("lora: 1 x a100-40gb-sxm;");
    expect(ALL_TOOLS["smallest_gpu"]?.answer({ link }).text).toContain("On 1 x A100 40GB SXM4");
  });
});

/** The card that a method fits on by itself, as `smallestCard` has it; null where it takes more of them, and where it may not fit. */
const singleOf = (choices: Choices): CardCandidate | null => {
  const { found } = smallestCard(choices, choices.method, FULL_CATALOG);
  return found?.gpus === choices.gpus && found.fit === "fits" ? found : null;
};

/** How the page says a card: the holder of the method in focus, and the verdict. */
const expectNamed = (choices: Choices, one: CardCandidate): void => {
  const page = pageAnswer({ choices }, FULL_CATALOG);
  const [fit] = page.methods.map(fitOf);
  if (fit === "over") expect(page.holders[choices.method]).toBe(`Fits on ${boxWords(one, choices.gpus)}`);
  if (fit === "over" || (fit === "fits" && isSmaller(one.usableBytes, page.gpu.usableBytes)))
    expect(namedBy(page)).toBe(candidateWords(one, choices.gpus));
};

/** No single card is named as one that holds the method. */
const expectNoneNamed = (choices: Choices): void => {
  const words = CARD_CANDIDATES.map((card) => `Fits on ${boxWords(card, choices.gpus)}`);
  expect(words).not.toContain(pageAnswer({ choices }, FULL_CATALOG).holders[choices.method]);
};

const drawnChoices = fc
  .oneof(anyLink.map(choicesOf), arbitraryTraining, arbitraryRun)
  .map((drawn) => settle({ ...drawn, show: [drawn.method] }))
  .filter((choices) => notKnownOf(choices, FULL_CATALOG).length === 0);

tried(
  "page, advice and badge name one smallest card: the run fits on it, and not on the next smaller one",
  { quick: 40, thorough: 600 },
  (runs) =>
    fc.assert(
      fc.property(drawnChoices, (choices) => {
        const one = singleOf(choices);
        const smaller = CARD_CANDIDATES.findLast((card) => one === null || card.usableBytes < one.usableBytes);
        if (one !== null) expect(fitOn(choices, one)).toBe("fits");
        if (smaller !== undefined) expect(fitOn(choices, smaller)).not.toBe("fits");

        const { method } = choices;
        const [badge] = runToEnd(smallestRuns({ choices, methods: [method] }, FULL_CATALOG));
        expect(badge?.answer?.gpu.id).toBe(smallestCard(choices, method, FULL_CATALOG).found?.id);
        if (one === null) expectNoneNamed(choices);
        else expectNamed(choices, one);
      }),
      runs,
    ),
);
