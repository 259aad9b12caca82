import { expect, test } from "vitest";
import { parameters } from "#calc/families/parts/tensors.ts";
import { moduleTensors } from "#calc/parameters/parameter-tensors.ts";

test("Bare parameters of a module are no norm's, which preparation for k-bit training would cast to fp32", () => {
  expect(moduleTensors(parameters("self_attn", { sinks: [8], bias: [8, 64] }))).toEqual([
    { name: "self_attn.sinks", shape: [8], role: "other" },
    { name: "self_attn.bias", shape: [8, 64], role: "other" },
  ]);
});

test("Some are fp32 whatever the model is loaded in", () => {
  expect(moduleTensors(parameters("mixer", { A_log: [8] }, true))).toEqual([
    { name: "mixer.A_log", shape: [8], role: "other", kept: "fp32" },
  ]);
});
