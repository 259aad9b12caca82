import { expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { scenarioOf } from "./reference-row.ts";

const ROWS = ["vera", "tuners", "copies", "prompt"].flatMap(
  (name) => readReferenceRows(`tests/golden/${name}-reference-memory.jsonl`).memory,
);

test.each(ROWS)("$id ($model, $method): as many parameters, and trained ones, as PEFT counts", (row) => {
  const { params, trainableParams } = estimated(ENGINE.estimate(scenarioOf(row), FAKE_TENSORS));
  expect([params, trainableParams]).toEqual([row.expected.params, row.expected.trainable_params]);
});
