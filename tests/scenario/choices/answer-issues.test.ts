import { describe, expect, test } from "vitest";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import { answerOf } from "../../answered.ts";

/** The targets of every method that has adapters, the parameters that it trains, and the sentences about targets. */
const targetsOf = (keys: string) => {
  const answer = answerOf(`show=lora,qlora&${keys}`);
  const counted = answer.methods.flatMap(({ scenario: { method } }) =>
    method.kind === "full" ? [] : [String(method.lora.target_modules)],
  );
  const said = answerIssues(answer).filter(({ key }) => key === "targets");
  const trained = answer.methods.map(({ estimate }) => estimate.trainableParams);
  return { counted, said: said.map(({ message }) => message), trained };
};

const TOGETHER = "names a part of what is one parameter of fused experts, and PEFT takes its names together";

describe("names of fused experts", () => {
  test.each([
    ["model=qwen3-30b-a3b", "gate_proj", "gate_proj,up_proj"],
    ["model=qwen3-30b-a3b&stack=axolotl", "q_proj,up_proj", "q_proj,up_proj,gate_proj"],
    ["model=mixtral-8x7b", "w3,w2", "w3,w2,w1"],
    ["model=mixtral-8x7b&stack=unsloth", "w1", "w1,w3"],
    ["model=glm-4.5-air&stack=transformers-4.46", "gate_proj", "gate_proj,up_proj"],
  ])("go together where PEFT translates them: %s, %s", (keys, asked, used) => {
    const both = targetsOf(`${keys}&targets=${used}`);
    expect(both.said).toEqual([]);
    expect(targetsOf(`${keys}&targets=${asked}`)).toEqual({
      ...both,
      said: [`targets=${asked} ${TOGETHER}; targets=${used} is used.`],
    });
  });

  test.each([
    ["no experts", "model=llama-3.1-8b&targets=gate_proj"],
    ["down alone", "model=qwen3-30b-a3b&targets=down_proj"],
    ["Unsloth, which turns a parameter on by either", "model=qwen3-30b-a3b&stack=unsloth&targets=gate_proj"],
    ["linears of version 4", "model=qwen3-30b-a3b&stack=transformers-4.46&targets=gate_proj"],
    ["experts that PEFT does not translate", "model=qwen1.5-moe-a2.7b&targets=up_proj"],
  ])("go alone with %s", (_, keys) => {
    const { counted, said } = targetsOf(keys);
    const asked = /targets=(.*)$/.exec(keys)?.[1];
    expect({ counted, said }).toEqual({ counted: [asked, asked], said: [] });
  });

  test("go together with QLoRA alone where LoRA gives way to it there", () =>
    expect(targetsOf("model=deepseek-v2-lite&tuner=loha&targets=gate_proj")).toMatchObject({
      counted: ["gate_proj", "gate_proj,up_proj"],
      said: [`targets=gate_proj ${TOGETHER}, so QLoRA has others; targets=gate_proj,up_proj is used.`],
    }));

  const NO_ADAPTERS = "names experts, which this library puts no adapters on";

  test("are left out where the library has no adapters for them", () => {
    expect(targetsOf("model=qwen3-30b-a3b&stack=llama-factory&targets=q_proj,down_proj")).toMatchObject({
      counted: ["q_proj", "q_proj"],
      said: [`targets=q_proj,down_proj ${NO_ADAPTERS}; targets=q_proj is used.`],
    });
    expect(targetsOf("model=qwen3-30b-a3b&stack=llama-factory&targets=down_proj")).toMatchObject({
      counted: ["all-linear", "all-linear"],
      said: [`targets=down_proj ${NO_ADAPTERS}; targets=all-linear is used.`],
    });
    expect(targetsOf("model=glm-4.5-air&stack=llama-factory&targets=gate_proj").said).toEqual([]);
  });
});
