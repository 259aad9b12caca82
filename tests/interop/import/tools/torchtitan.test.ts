import { describe, expect, test } from "vitest";
import { importOf, saidOf, unmodelledOf } from "../said-of.ts";

const titan = (more: string): string => `[model]\nname = "llama3"\nflavor = "8B"\n${more}`;

describe("torchtitan", () => {
  test("divides tokens between blocks wherever it divides matrices, and says so", () => {
    const divided = titan("[parallelism]\ntensor_parallel_degree = 4");
    expect(saidOf(divided)).toMatchObject({ tp: "4", sp: "1", gpus: "4" });
    expect(importOf(divided).lists.assumed.find(({ key }) => key === "sp")?.at?.line).toBe(5);
    expect(saidOf(titan("[parallelism]\ntensor_parallel_degree = 1"))).not.toHaveProperty("sp");
  });

  test.each([
    ["early_step_in_backward = true", "adamw_in_backward"],
    ['implementation = "fused"\nearly_step_in_backward = true', "adamw_in_backward"],
    ['implementation = "fused"\nearly_step_in_backward = false', "adamw_torch_fused"],
    ['implementation = "foreach"', "adamw_torch"],
  ])("with %j steps by %s", (lines, optim) => {
    const text = titan(`[optimizer]\nname = "AdamW"\n${lines}`);
    expect(saidOf(text)).toMatchObject({ optim });
    expect(unmodelledOf(text)).toEqual([]);
  });
});
