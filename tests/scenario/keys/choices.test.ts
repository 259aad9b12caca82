import { expect, test } from "vitest";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { answerOf, choicesOf, focusOf, saidOf, scenarioOf, scenariosOf, settledOf } from "../../answered.ts";

const namesOf = (methods: readonly Readonly<{ method: string }>[]): readonly string[] =>
  methods.map(({ method }) => method);

test("choices are those of a link, of its keys, or of what differs from the defaults", () => {
  for (const asked of ["?v=1&r=8&method=qlora", "r=8&method=qlora", { r: 8, method: "qlora" }] as const)
    expect(choicesOf(asked)).toEqual({ ...DEFAULT_CHOICES, r: 8, method: "qlora" });
});

test("an answer has the method in focus alone, and of several those that show names", () => {
  expect(namesOf(answerOf("method=qlora").methods)).toEqual(["qlora"]);
  expect(namesOf(answerOf({ method: "full" }).methods)).toEqual(["full"]);
  expect(namesOf(answerOf("show=full,lora").methods)).toEqual(["full", "lora"]);
  expect(namesOf(answerOf("?v=1&show=full,lora").methods)).toEqual(["full", "lora"]);
  expect(answerOf("method=qlora").choices).toEqual(choicesOf("method=qlora"));
  expect(focusOf("show=full,lora").method).toBe("lora");
  expect(() => focusOf("model=nobody-knows-it")).toThrow("No method is estimated");
});

test("scenarios, settled choices and sentences are those of an answer, without an estimate", () => {
  const keys = "stack=axolotl&gpu=t4&show=full,lora&ckpt=0&selective=2";
  const { methods, resolved, gpu } = answerOf(keys);
  expect(scenariosOf(keys)).toEqual(methods.map(({ method, scenario }) => ({ method, scenario })));
  expect(scenarioOf(keys)).toEqual(focusOf(keys).scenario);
  expect(settledOf(keys)).toMatchObject({ resolved, gpu, methods: [] });
  expect(saidOf(keys)).toContain("selective=2 belongs to ckpt=1; selective=none is used.");
});
