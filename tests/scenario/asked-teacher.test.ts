import { describe, expect, test } from "vitest";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { estimateAtMoment } from "#scenario/choices/run-answer.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { hasKnownRows } from "#scenario/keys/choices.ts";
import { focusOf, saidOf, scenarioOf } from "../answered.ts";

const STUDENT = "objective=distill&model=qwen2.5-0.5b&show=full&method=full";

const read = (keys: string) => decodeLink(`?v=1&${keys}`, FULL_CATALOG);
const framed = (keys: string) => focusOf(keys).estimate.terms.find(({ id }) => id === "weights");

describe("A teacher", () => {
  test("that nobody names is the model itself in fp32, which the engine knows", () => {
    expect(scenarioOf(STUDENT)).not.toHaveProperty("teacher");
    const { estimate } = focusOf(STUDENT);
    expect(focusOf(`${STUDENT}&teacher=qwen2.5-0.5b`).estimate).toMatchObject({
      peakBytes: estimate.peakBytes,
      moments: estimate.moments,
    });
  });

  test("is a model of the catalog, in the type that is named", () => {
    const scenario = scenarioOf(`${STUDENT}&teacher=qwen2.5-1.5b&teacherdtype=bf16`);
    const { architecture } = FULL_CATALOG.models["qwen2.5-1.5b"] ?? {};
    expect(scenario.teacher).toEqual({ architecture, weights: "bf16" });
    expect(scenarioOf(`${STUDENT}&teacherdtype=bf16`).teacher).toMatchObject({
      architecture: scenario.architecture,
      weights: "bf16",
    });
  });

  test("is a frame among the weights, half as large in 16 bits", () => {
    const whole = framed(`${STUDENT}&teacher=qwen2.5-1.5b`);
    const half = framed(`${STUDENT}&teacher=qwen2.5-1.5b&teacherdtype=bf16`);
    expect(whole).toMatchObject({ isTeacher: true, referenceBytes: 2 * Number(half?.referenceBytes) });
    expect(Number(whole?.bytes) - Number(half?.bytes)).toBe(half?.referenceBytes);
    expect(framed("objective=dpo&model=qwen2.5-0.5b&show=full&method=full")).not.toHaveProperty("isTeacher");
  });

  test("of another vocabulary is refused with both sizes, and the model itself teaches", () => {
    const keys = `${STUDENT}&teacher=llama-3.1-8b`;
    expect(saidOf(keys)).toEqual([
      "teacher=llama-3.1-8b has a vocabulary of 128,256 and the student one of 151,936, and GKD compares them entry by entry; teacher=qwen2.5-0.5b is used.",
    ]);
    expect(scenarioOf(keys)).not.toHaveProperty("teacher");
    expect(saidOf("objective=distill&model=custom&params=1B&teacher=qwen2.5-7b")).toEqual([
      expect.stringMatching(/^teacher=qwen2.5-7b has a vocabulary of 152,064 .* entry by entry; it is left out\.$/),
    ]);
    expect(saidOf(`${STUDENT}&teacher=qwen2.5-1.5b`)).toEqual([]);
  });

  test("that no row has is said, and so is one of another objective", () => {
    const unknown = read(`${STUDENT}&teacher=ours`);
    expect(unknown.value.teacher).toBeNull();
    expect(unknown.issues.map(({ message }) => message)).toEqual([
      "teacher=ours is not a model of the catalog; nothing is estimated.",
    ]);
    const other = read("objective=dpo&teacher=qwen2.5-1.5b&teacherdtype=bf16");
    expect(other.value).toMatchObject({ teacher: null, teacherdtype: "fp32" });
    expect(other.issues.map(({ key, message }) => [key, message])).toEqual([
      ["teacher", expect.stringContaining("is of a teacher, which distillation alone has")],
      ["teacherdtype", expect.stringContaining("is of a teacher, which distillation alone has")],
    ]);
  });

  test("is whole on each of several GPUs, which is said where DeepSpeed would share it out", () => {
    const saysOf = (keys: string) => ENGINE.approximations(scenarioOf(`${STUDENT}&${keys}`)).join(" ");
    expect(saysOf("gpus=2&shard=zero3")).toContain("The teacher is counted whole on every GPU");
    for (const keys of ["gpus=1", "gpus=2&shard=fsdp2"]) expect(saysOf(keys)).not.toContain("teacher");
  });

  test("stays on the card where the student's weights go to the host, as does a reference in 4 bits", () => {
    const weightsOf = (keys: string): number => framed(keys)?.bytes ?? 0;
    const host = "gpus=4&shard=fsdp2&offload=all&show=lora&method=lora";
    const teacher = framed(`objective=distill&model=qwen2.5-0.5b&${host}`);
    expect(teacher?.referenceBytes).toBe(4 * 494_032_768);
    expect(teacher?.bytes).toBe(teacher?.referenceBytes);
    expect(weightsOf(`objective=dpo&ref=copy-4bit&${host}`)).toBeGreaterThan(4e9);
    expect(weightsOf(`objective=dpo&ref=copy&${host}`)).toBe(0);
  });

  test("is framed in every moment of the run", () => {
    const { run, scenario, estimate } = focusOf(`${STUDENT}&saving=full&loading=device`);
    const [moment] = run?.moments ?? [];
    if (moment === undefined) throw new Error("a run has moments");
    const there = estimateAtMoment({ estimate, scenario }, moment).terms.find(({ id }) => id === "weights");
    expect(there).toMatchObject({ isTeacher: true, referenceBytes: framed(STUDENT)?.referenceBytes });
  });

  test("is a row that a catalog has to have", () => {
    const [popular] = Object.keys(POPULAR_CATALOG.models);
    const other = Object.keys(FULL_CATALOG.models).find((id) => !Object.hasOwn(POPULAR_CATALOG.models, id));
    const chosen = { ...read("objective=distill").value, teacher: other ?? null };
    expect(hasKnownRows(POPULAR_CATALOG, chosen)).toBe(false);
    expect(hasKnownRows(FULL_CATALOG, chosen)).toBe(true);
    expect(hasKnownRows(POPULAR_CATALOG, { ...chosen, teacher: popular ?? null })).toBe(true);
    expect(hasKnownRows(POPULAR_CATALOG, { ...chosen, teacher: null })).toBe(true);
  });
});
