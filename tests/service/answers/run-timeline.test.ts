import { describe, expect, it } from "vitest";
import { runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import {
  type RunPart,
  type RunPartId,
  type RunParts,
  runParts,
  RUN_PARTS,
  runTimeline,
} from "#service/answers/run-timeline.ts";
import { totalOf } from "#calc/model/terms.ts";
import { choicesOf } from "../../answered.ts";

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

const runTimelineTold = (patch: Partial<Choices>, parts = RUN_PARTS as readonly (typeof RUN_PARTS)[number][]) =>
  runToEnd(runTimeline({ choices: choicesOf(patch), parts }, FULL_CATALOG));

describe("a run point by point", () => {
  it.each([{}, { method: "qlora", eval: 2, evalkeep: "logits", evalbatches: 3, evalseq: 512 }] as const)(
    "has each part at the height that the strip says: %o",
    (patch) => {
      const points = runTimelineTold(patch)?.points ?? [];
      const run = runToEnd(runParts({ choices: choicesOf(patch) }, FULL_CATALOG));
      for (const { id, methods } of run?.parts ?? []) {
        const heights = points.filter(({ part }) => part === id).map(({ terms }) => totalOf(terms));
        const one = methods.find(({ method }) => method === run?.focus);
        expect(Math.max(...heights), id).toBe(one?.estimate.peakBytes);
      }
    },
  );

  it("comes in the order of a run, an evaluation batch by batch", () => {
    const points = runTimelineTold({ eval: 1, evalkeep: "logits", evalbatches: 9, evalseq: 128 })?.points ?? [];
    expect([...new Set(points.map(({ part }) => part))]).toEqual([
      "load",
      "resume",
      "step",
      "evaluate",
      "save",
      "merge",
    ]);
    const ofEvaluation = points.filter(({ part }) => part === "evaluate").map(({ name }) => name);
    expect(ofEvaluation.slice(0, 4)).toEqual([
      "batch 1, forward",
      "batch 1, kept",
      "batch 1, next batch",
      "batch 2, forward",
    ]);
    expect(ofEvaluation.at(-1)).toBe("batch 4, to the host");
  });

  it("tells the parts that are asked for", () => {
    expect(new Set(runTimelineTold({}, ["load", "step"])?.points.map(({ part }) => part))).toEqual(
      new Set(["load", "step"]),
    );
    expect(runTimelineTold({ stack: "article" })).toBeNull();
  });
});
