import { describe, expect, test } from "vitest";
import { versionNotes } from "#advice/answer-notes.ts";
import { answerOf } from "../answered.ts";

const notesOf = (link: string): readonly string[] => versionNotes(answerOf(link)).map(({ says }) => says);

const TIGHT = "?v=1&model=qwen2.5-3b&method=full&show=full&gpus=4&gpu=rtx-3090&shard=zero2&seq=512";

describe("a library's older version", () => {
  test("did not checkpoint by default, which is said where a scenario does", () => {
    expect(notesOf("?v=1&stack=trl-0.21&show=lora")).toEqual([
      "TRL 0.21 does not checkpoint by default; this scenario has gradient checkpointing on.",
    ]);
    expect(notesOf("?v=1&stack=trl-0.21&show=lora&ckpt=0")).toEqual([]);
    expect(notesOf("?v=1&stack=trl&show=lora")).toEqual([]);
  });
});

describe("the optimizer of an older torch", () => {
  test("is said where it decides", () => {
    expect(notesOf(TIGHT)).toEqual([
      "Transformers 5.24 is assumed with torch 2.8 or later: adamw_torch_fused. Older torch takes adamw_torch: 2.0 GiB more, which does not fit.",
    ]);
  });

  test.each([
    ["an optimizer is named", `${TIGHT}&optim=adamw_torch_fused`],
    ["there is room for either", TIGHT.replace("rtx-3090", "h100-sxm")],
    ["neither fits", TIGHT.replace("rtx-3090", "rtx-4060")],
    ["few parameters are trained", "?v=1&method=lora&show=lora"],
    ["the library takes its own", `${TIGHT}&stack=axolotl`],
  ])("is not where %s", (_, link) => {
    expect(notesOf(link)).toEqual([]);
  });
});
