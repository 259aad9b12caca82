import fc from "fast-check";
import { expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { answerIssues, issuesOfChoices } from "#scenario/choices/answer-issues.ts";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { arbitraryLink, arbitraryRun, arbitraryTraining } from "../advice/arbitrary-training.ts";
import { tried } from "../tried.ts";

/** The paths of negative numbers in data, but for the room that is left, which may be missing. */
const negatives = (data: unknown, path = ""): readonly string[] => {
  if (typeof data === "number") return data < 0 && !path.endsWith(".headroomBytes") ? [`${path} ${data}`] : [];
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => negatives(value, `${path}.${key}`));
};

const jsonOf = (choices: Choices) => estimateJson(toAnswer(choices, FULL_CATALOG), []);

/** The methods of which less is needed than allocated. */
const neededBelowAllocated = (json: ReturnType<typeof jsonOf>): readonly unknown[] =>
  json.methods.filter(({ neededBytes, peakBytes }) => (neededBytes ?? 0) < (peakBytes ?? 0));

tried(
  "no figure of JSON is negative but the room that is left, and no run needs less than it allocates",
  { quick: 40, thorough: 600 },
  (runs) =>
    fc.assert(
      fc.property(fc.oneof(arbitraryTraining, arbitraryRun), (choices) => {
        const json = jsonOf(choices);
        expect(negatives(json), encodeLink(choices)).toEqual([]);
        expect(neededBelowAllocated(json), encodeLink(choices)).toEqual([]);
      }),
      runs,
    ),
);

tried("issues without an estimate are those of the answer", { quick: 10, thorough: 600 }, (runs) =>
  fc.assert(
    fc.property(arbitraryLink, (link) => {
      const { value } = decodeLink(link, FULL_CATALOG);
      expect(issuesOfChoices(value, FULL_CATALOG), link).toEqual(answerIssues(toAnswer(value, FULL_CATALOG)));
    }),
    runs,
  ),
);

test("a step of ZeRO 2 whose norms and biases are a parameter group of their own needs all that it allocates", () => {
  const { value } = decodeLink("?v=1&model=starcoder2-15b&method=full&gpus=2&shard=zero2&seq=4349", FULL_CATALOG);
  expect(neededBelowAllocated(jsonOf(value))).toEqual([]);
});

test("a copy in 4 bits beside weights of a type of their own needs all that it allocates, on several GPUs, too", () => {
  const objective = "&objective=grpo&ref=copy-4bit&beta=1";
  const { value } = decodeLink(`?v=1&show=lora&gpus=2&weights=fp32${objective}`, FULL_CATALOG);
  expect(neededBelowAllocated(jsonOf(value))).toEqual([]);
});

test("adapters that the host has are not freed from the card when it merges them", () => {
  const { value } = decodeLink("?v=1&offload=all&merge=safe", FULL_CATALOG);
  expect(negatives(jsonOf(value))).toEqual([]);
});
