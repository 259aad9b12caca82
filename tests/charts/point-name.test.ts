import { expect, test } from "vitest";
import { pointName } from "#charts/timeline-series.ts";

test.each([
  [{ phase: "start", layer: -1, at: "end" }, "start of forward"],
  [{ phase: "forward", layer: -1, at: "highest" }, "forward, embeddings"],
  [{ phase: "forward", layer: 0, at: "end" }, "forward, layer 1 of 32, end"],
  [{ phase: "forward", layer: 32, at: "highest" }, "loss"],
  [{ phase: "backward", layer: 32, at: "highest" }, "backward of the loss"],
  [{ phase: "forward", layer: 2, at: "highest", pass: "reference" }, "reference, layer 3 of 32"],
  [{ phase: "forward", layer: 32, at: "end", pass: "policy", isHead: true }, "policy, head, end"],
  [{ phase: "forward", layer: -1, at: "highest", pass: "reference_kl" }, "reference KL, embeddings"],
  [{ phase: "forward", layer: 4, at: "highest", pass: "policy states" }, "policy, states, layer 5 of 32"],
  [{ phase: "forward", layer: -1, at: "highest", pass: "teacher" }, "teacher and loss"],
  [{ phase: "backward", layer: 30, at: "highest" }, "backward, layer 31 of 32"],
  [{ phase: "finish", layer: 30, at: "highest" }, "after backward, layer 31 of 32"],
  [{ phase: "finish", layer: 32, at: "highest" }, "after backward, head"],
  [{ phase: "step", layer: -1, at: "highest" }, "optimizer step"],
  [{ phase: "step", layer: -1, at: "end" }, "after the optimizer step"],
  [{ phase: "zero", layer: -1, at: "end" }, "after zero_grad"],
] as const)("%j is called %s", (point, name) => {
  expect(pointName(point, 32)).toBe(name);
});
