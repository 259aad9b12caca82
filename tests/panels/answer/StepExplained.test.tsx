import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { StepExplained } from "#panels/answer/StepExplained.tsx";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { decodeLink } from "#scenario/choices/url.ts";

const show = async (link: string): Promise<void> => {
  const answer = toAnswer(decodeLink(link, FULL_CATALOG).value, FULL_CATALOG);
  render(<StepExplained answer={answer} focus={answer.methods[0] as MethodAnswer} />);
  await screen.findByRole("figure");
};

test.each([
  ["of one micro batch names none", "?v=1&show=lora", /^The second step, layer by layer: each layer/],
  [
    "of several is drawn with the last",
    "?v=1&show=lora&accum=4",
    /layer by layer, the last of its 4 micro batches: each/,
  ],
  [
    "in a stage that is highest while it gathers its parameters is drawn with the first",
    "?v=1&stack=torchtitan&method=lora&show=lora&gpus=16&pp=2&accum=4&shard=fsdp2&batch=1&seq=64",
    /layer by layer, the first of its 4 micro batches: each/,
  ],
])("a step %s", async (_, link, words) => {
  await show(link);
  expect(screen.getByText(words)).toBeInTheDocument();
});
