import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

/** Which tuner each method runs, whether with DoRA, and what is said of it. */
const ranBy = (keys: string): Readonly<{ tuners: readonly string[]; said: readonly string[] }> => {
  const answer = toAnswer(decodeLink(`?v=1&show=lora,qlora&${keys}`, null).value, FULL_CATALOG);
  const tuners = answer.methods.flatMap(({ scenario: { method } }) =>
    method.kind === "full" ? [] : [`${method.lora.tuner ?? "lora"}${method.lora.use_dora ? " dora" : ""}`],
  );
  return { tuners, said: answerIssues(answer).map(({ message }) => message) };
};

describe("tuner=vera", () => {
  test.each([
    "tuner=vera",
    "tuner=vera&stack=trl",
    "tuner=vera&gpus=4&shard=fsdp2",
    "tuner=vera&method=qlora&quant=int8",
  ])("%s runs with both methods that have adapters", (keys) =>
    expect(ranBy(keys)).toEqual({ tuners: ["vera", "vera"], said: [] }),
  );

  test("is without DoRA, which is LoRA's", () =>
    expect(ranBy("tuner=vera&dora=1")).toEqual({
      tuners: ["vera", "vera"],
      said: ["dora=1 belongs to tuner=lora, and tuner is vera; dora=0 is used."],
    }));

  test.each([
    ["gpus=2&tp=2", "cannot be divided with the matrices that tp divides"],
    ["method=qlora&quant=gptq", "is not in PEFT for a base of gptq"],
    ["targets=q_proj,embed_tokens", "has no adapter for embed_tokens: it adapts linears alone"],
    ["stack=unsloth", "is not in this library, which has LoRA of its own"],
    ["stack=litgpt", "is not in this library, which has LoRA of its own"],
    ["stack=axolotl", "is nothing that this library has"],
    ["stack=article", "is nothing that this library has"],
  ])("gives way to LoRA beside %s, and it is said", (keys, why) => {
    const { tuners, said } = ranBy(`tuner=vera&${keys}`);
    expect(tuners).toEqual(["lora", "lora"]);
    expect(said).toContain(`tuner=vera ${why}; tuner=lora is used.`);
  });

  test("leaves dora=1 to LoRA where it gives way to it", () =>
    expect(ranBy("tuner=vera&dora=1&gpus=2&tp=2").tuners).toEqual(["lora dora", "lora dora"]));
});
