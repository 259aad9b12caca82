import { describe, expect, it } from "vitest";
import { runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { type RunPart, type RunPartId, type RunParts, runParts } from "#service/answers/run-timeline.ts";

const told = (patch: Partial<Choices>): RunParts | null =>
  runToEnd(runParts({ choices: { ...DEFAULT_CHOICES, ...patch } }, FULL_CATALOG));

const partOf = (patch: Partial<Choices>, id: RunPartId): RunPart => {
  const part = told(patch)?.parts.find((each) => each.id === id);
  if (part === undefined) throw new Error(`a run has the part ${id}`);
  return part;
};

const standings = (patch: Partial<Choices>): Partial<Record<RunPartId, RunPart["standing"]>> =>
  Object.fromEntries(told(patch)?.parts.map(({ id, standing }) => [id, standing]) ?? []);

const sumOf = (terms: readonly Readonly<{ bytes: number }>[]): number =>
  terms.reduce((sum, { bytes }) => sum + bytes, 0);

describe("the parts of a run", () => {
  it("are all there, the step alone counted where the link says nothing else", () => {
    expect(standings({})).toEqual({
      load: "happens",
      step: "counted",
      evaluate: "offered",
      save: "happens",
      merge: "offered",
      resume: "offered",
    });
    expect(standings({ eval: 2, merge: "safe" })).toMatchObject({
      evaluate: "counted",
      merge: "counted",
      save: "happens",
    });
  });

  it("have completions where GRPO generates them, before the step", () => {
    expect(
      told({ objective: "grpo", stack: "trl" })
        ?.parts.map(({ id }) => id)
        .slice(0, 3),
    ).toEqual(["load", "generate", "step"]);
    expect(standings({ objective: "grpo", stack: "trl" })).toMatchObject({ generate: "counted", step: "counted" });
    expect(standings({ objective: "grpo", stack: "trl", engine: "vllm-server" })).not.toHaveProperty("generate");
  });

  it.each([
    {},
    { objective: "grpo", stack: "trl", batch: 8 },
    { eval: 2, evalseq: 512, saving: "full", method: "qlora" },
  ] as const)("have the figures of the answer that counts them: %o", (patch) => {
    const run = told(patch);
    const counted = toAnswer({ ...DEFAULT_CHOICES, ...patch, ...run?.offered }, FULL_CATALOG).methods;
    const moments = new Map(
      counted.flatMap(({ method, run: of }) => (of?.moments ?? []).map((each) => [`${method} ${each.id}`, each])),
    );
    for (const { method, moment, estimate, card } of (run?.parts ?? []).flatMap(({ methods }) => methods)) {
      const where = `${method} ${moment?.id ?? "step"}`;
      expect(estimate.onCardBytes, where).toBe(moments.get(where)?.onCardBytes);
      expect(card.headroomBytes, where).toBe(moments.get(where)?.headroomBytes);
      expect(sumOf(estimate.terms), where).toBe(estimate.onCardBytes);
    }
  });

  it("have a reason where the method in focus has none of them", () => {
    expect(partOf({ method: "full" }, "merge")).toMatchObject({
      whyNone: "is of adapters, and full fine-tuning has none",
      methods: [{ method: "lora" }, { method: "qlora" }],
    });
    expect(partOf({ method: "full" }, "save").whyNone).toBeNull();
    expect(partOf({ method: "lora" }, "merge").whyNone).toBeNull();
  });

  it("are evaluated at the batch of the library", () => {
    expect(told({})?.offered.eval).toBe(8);
    expect(told({ stack: "axolotl", batch: 3 })?.offered.eval).toBe(3);
    expect(told({ stack: "litgpt", batch: 2 })?.offered.eval).toBe(2);
  });

  it("are none of a rule of thumb, nor where the card cannot run the step", () => {
    expect(told({ stack: "article" })).toBeNull();
    expect(told({ gpu: { kind: "catalog", id: "t4" }, compute: "bf16", attn: "flash" })).toBeNull();
  });
});
