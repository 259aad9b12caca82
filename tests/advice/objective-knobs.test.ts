import { describe, expect, test } from "vitest";
import { allKnobs } from "#advice/knobs/all-knobs.ts";
import { gainedBytes, savingKnobs, turnKnobs } from "#advice/knob-search.ts";
import { runToEnd, evaluateTrial } from "#advice/trial.ts";
import { smallestSet } from "#advice/change-offers.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { settle } from "#scenario/choices/settle.ts";
import { choicesOf } from "../answered.ts";

const idsOf = (keys: string): readonly string[] => allKnobs(choicesOf(keys), FULL_CATALOG).map(({ id }) => id);

describe("a copy of the reference", () => {
  test("can be computed before training, and where there are adapters the policy be its own reference", () => {
    expect(idsOf("objective=dpo&method=full")).toContain("reference-precomputed");
    expect(idsOf("objective=dpo&method=full")).not.toContain("reference-adapters-off");
    expect(idsOf("objective=kto&ref=copy")).toEqual(
      expect.arrayContaining(["reference-precomputed", "reference-adapters-off"]),
    );
  });

  test("can be packed where a card has bitsandbytes, and is packed once", () => {
    expect(idsOf("objective=dpo&method=full")).toContain("reference-4bit");
    expect(idsOf("objective=grpo&beta=0.1&method=full")).toContain("reference-4bit");
    expect(idsOf("objective=dpo&method=full&gpu=apple-m3-max-64gb")).not.toContain("reference-4bit");
    const packed = idsOf("objective=kto&ref=copy-4bit").filter((id) => id.startsWith("reference"));
    expect(packed.toSorted()).toEqual(["reference-adapters-off", "reference-precomputed"]);
  });

  test("is no one's knob where there is none", () => {
    for (const keys of ["objective=dpo", "objective=orpo&method=full", "objective=dpo&method=full&ref=precomputed", ""])
      expect(idsOf(keys).filter((id) => id.startsWith("reference"))).toEqual([]);
  });

  test("of GRPO goes with beta, and cannot be precomputed", () => {
    expect(idsOf("objective=grpo&beta=0.1&method=full")).toContain("beta");
    expect(idsOf("objective=grpo&beta=0.1&method=full")).not.toContain("reference-precomputed");
    expect(idsOf("objective=grpo&method=full")).not.toContain("beta");
  });
});

test("a teacher in fp32 can be loaded in bf16, where a card computes in it", () => {
  expect(idsOf("objective=distill")).toContain("teacher-bf16");
  for (const keys of ["objective=distill&teacherdtype=bf16", "objective=distill&gpu=t4", "objective=dpo"])
    expect(idsOf(keys)).not.toContain("teacher-bf16");
});

describe("vLLM beside the trainer", () => {
  const beside = "objective=grpo&engine=vllm-colocate&gpu=h100-sxm&batch=8&method=full&vllm=0.4";

  test("can sleep while a step runs, where it is on the card and does not yet", () => {
    expect(idsOf(beside)).toContain("vllm-sleep");
    for (const keys of [`${beside}&sleep=1`, "objective=grpo&engine=vllm-server", "objective=grpo", "objective=dpo"])
      expect(idsOf(keys)).not.toContain("vllm-sleep");
  });

  test("gives back what it has declared, which is a way out by itself", () => {
    const choices = choicesOf(beside);
    const start = evaluateTrial(choices, FULL_CATALOG);
    const turned = runToEnd(turnKnobs(start, FULL_CATALOG));
    const slept = turned.find(({ knob }) => knob.id === "vllm-sleep");
    expect(start.fit).toBe("over");
    expect(slept?.savedBytes).toBe(start.reservedBytes);
    expect(slept?.trial).toMatchObject({ fit: "fits", onCardBytes: start.onCardBytes, reservedBytes: 0 });
    const saving = runToEnd(savingKnobs(start, turned, FULL_CATALOG)).map(({ knob }) => knob.id);
    expect(saving).toContain("vllm-sleep");
    const alone = turned.filter(({ knob }) => knob.subject === "vllm");
    const set = runToEnd(smallestSet(start, alone, { catalog: FULL_CATALOG }));
    expect(set?.knobs.map(({ id }) => id)).toEqual(["vllm-sleep"]);
  });

  test("of a larger card has a larger share, which is no loss", () => {
    const start = evaluateTrial(choicesOf(beside), FULL_CATALOG);
    const larger = evaluateTrial(choicesOf(beside.replace("h100-sxm", "h200-sxm")), FULL_CATALOG);
    expect(larger.reservedBytes).toBeGreaterThan(start.reservedBytes);
    expect(gainedBytes(start, larger)).toBe(start.onCardBytes - larger.onCardBytes);
  });
});

test.each(["distill", "dpo", "kto", "grpo", "orpo", "reward"])(
  "of %s no knob is taken back by the objective",
  (objective) => {
    const choices = choicesOf(`objective=${objective}&gpus=2`);
    const knobs = allKnobs(choices, FULL_CATALOG);
    expect(knobs.length).toBeGreaterThan(3);
    for (const { id, patch } of knobs) expect([id, settle({ ...choices, ...patch })]).toMatchObject([id, patch]);
  },
);
