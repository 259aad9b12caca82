import { describe, expect, test } from "vitest";
import type { Architecture } from "#calc/model/architecture.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { hasDynamicBase, loadedArchitecture } from "#scenario/choices/dynamic-quantization.ts";
import { refusedChoices } from "#scenario/choices/rules/refusals.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { issuesOfChoices } from "#scenario/choices/answer-issues.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { answerOf, choicesOf, scenariosOf } from "../answered.ts";

const DISTILL = { kind: "catalog", id: "deepseek-r1-distill-llama-8b" } as const;
const DYNAMIC = { model: DISTILL, method: "qlora", quant: "unsloth-dynamic" } as const;

const loaded = (patch: Partial<Choices>, method: Choices["method"] = "qlora"): Architecture => {
  const choices = choicesOf(patch);
  return loadedArchitecture(choices, chosenArchitecture(choices, FULL_CATALOG), method);
};

const pasted = (names?: readonly string[]): Choices["model"] => {
  const row = FULL_CATALOG.models["llama-3.2-1b"];
  if (row === undefined) throw new Error("no such model");
  return {
    kind: "architecture",
    architecture: { ...row.architecture, ...(names && { llm_int8_skip_modules: names }) },
  };
};

const NAMES = ["model.layers.1.mlp"];

describe("The list of a checkpoint", () => {
  test("is the catalog's, where it has one", () => {
    expect(loaded(DYNAMIC).llm_int8_skip_modules).toEqual(["model.layers.1.mlp"]);
    expect(hasDynamicBase(choicesOf({ model: DISTILL }))).toBe(true);
    expect(loaded({ ...DYNAMIC, quant: "nf4" })).not.toHaveProperty("llm_int8_skip_modules");
  });

  test.each(["nf4", "fp4", "int8", "unsloth-dynamic"] as const)("of a pasted config.json holds under %s", (quant) =>
    expect(loaded({ model: pasted(NAMES), quant }).llm_int8_skip_modules).toBe(NAMES),
  );

  test.each([
    ["GPTQ", { quant: "gptq" }, "qlora"],
    ["LoRA", {}, "lora"],
    ["full fine-tuning", {}, "full"],
    ["LitGPT, which quantises by itself", { stack: "litgpt" }, "qlora"],
  ] as const)("is nothing to %s", (_, patch, method) =>
    expect(loaded({ model: pasted(NAMES), ...patch }, method)).not.toHaveProperty("llm_int8_skip_modules"),
  );

  test("gives the same object each time, so that caches find it", () => {
    expect(loaded(DYNAMIC)).toBe(loaded({ ...DYNAMIC, batch: 2 }));
    expect(loaded({ model: pasted() })).not.toHaveProperty("llm_int8_skip_modules");
  });
});

describe("A dynamic base that cannot be", () => {
  const why = (patch: Partial<Choices>): readonly string[] => {
    const choices = choicesOf(patch);
    return refusedChoices(choices, { architecture: chosenArchitecture(choices, FULL_CATALOG) }, [])
      .filter(({ key }) => key === "quant")
      .map((each) => each.why);
  };

  test("of a model whose list is not known asks for the checkpoint's config.json", () => {
    expect(why({ ...DYNAMIC, model: { kind: "catalog", id: "llama-3.1-8b" } })).toEqual([
      expect.stringContaining("paste the config.json"),
    ]);
    expect(why({ ...DYNAMIC, model: { kind: "size", params: 7e9 } })).toHaveLength(1);
    expect(why({ ...DYNAMIC, model: pasted() })).toHaveLength(1);
    expect(why({ ...DYNAMIC, model: { kind: "catalog", id: "constructor" } })).toHaveLength(1);
  });

  test("is none where the list is known, or where nobody asks", () => {
    expect(why(DYNAMIC)).toEqual([]);
    expect(why({ ...DYNAMIC, model: pasted(NAMES) })).toEqual([]);
    expect(why({ ...DYNAMIC, quant: "nf4" })).toEqual([]);
    expect(why({ ...DYNAMIC, method: "lora" })).toEqual([]);
  });

  test("of a library that loads no such checkpoint says so", () =>
    expect(why({ ...DYNAMIC, stack: "litgpt" })).toEqual([expect.stringContaining("does not load")]));

  test("is an issue of the answer, which counts NF4", () => {
    const asked = { method: "qlora", quant: "unsloth-dynamic" } as const;
    expect(issuesOfChoices(choicesOf(asked), FULL_CATALOG)).toContainEqual(
      expect.objectContaining({ key: "quant", value: "unsloth-dynamic", used: "nf4" }),
    );
    expect(scenariosOf(asked)).toEqual(scenariosOf({ method: "qlora" }));
  });
});

test("A dynamic base takes more than all of it in 4 bits, and the other methods the same", () => {
  const peaks = (patch: Partial<Choices>): readonly number[] =>
    answerOf({ show: METHODS, ...patch }).methods.map(({ estimate }) => estimate.peakBytes);
  const [full = 0, lora = 0, qlora = 0] = peaks({ ...DYNAMIC, quant: "nf4" });
  const [sameFull, sameLora, more] = peaks(DYNAMIC);
  expect([sameFull, sameLora]).toEqual([full, lora]);
  // One MLP of 3 × 4096 × 14336 weights, in fp32 after k-bit preparation.
  const mlp = 3 * 4096 * 14_336;
  expect((more ?? 0) - qlora).toBeGreaterThan(mlp * (4 - 0.516));
});
