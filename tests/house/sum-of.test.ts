import { expect, test } from "vitest";
import { sumOf } from "../../tools/house/sum-of.mjs";

const ended = (output: string, code = 0) => ({ output, code });

test("the sum is that of the last lines, not of what stands before them", () => {
  const tests = ended("> test\nok    lint\n3 passed, 1 failed in some file\n10 passed, 0 failed\n");
  expect(sumOf([tests, ended("5 passed, 2 failed\n", 1)])).toEqual({ passed: 15, failed: 2 });
});

test.each([
  ["says nothing", ended("")],
  ["breaks off", ended("ok    lint\nnpm error: killed", 137)],
  ["breaks off with exit code 0", ended("10 passed, 0 failed\nand then?")],
  ["ran nothing", ended("0 passed, 0 failed")],
])("a program that %s is one failure", (_, result) => {
  expect(sumOf([ended("5 passed, 0 failed"), result])).toEqual({ passed: 5, failed: 1 });
});

test("an exit code says that something failed, where the line does not", () => {
  expect(sumOf([ended("10 passed, 0 failed\n", 1)])).toEqual({ passed: 10, failed: 1 });
});
