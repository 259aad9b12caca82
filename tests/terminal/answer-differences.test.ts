import { describe, expect, it } from "vitest";
import { answerDifferences } from "../../tools/terminal/links/answer-differences.ts";

const GIB = 2 ** 30;

const lora = (patch: Readonly<Record<string, unknown>> = {}) => ({
  method: "lora",
  peakBytes: 18 * GIB,
  onCardBytes: 19 * GIB,
  terms: [
    { id: "weights", bytes: 15 * GIB },
    { id: "adapters", bytes: 3 * GIB },
  ],
  fit: "fits",
  ...patch,
});

const answer = (methods: readonly unknown[], rest: Readonly<Record<string, unknown>> = {}) =>
  ({ json: JSON.parse(JSON.stringify({ version: 1, issues: [], methods, ...rest })) }) as const;

describe("Two answers to one link", () => {
  it("that are the same have no difference, in whatever order their fields stand", () => {
    expect(answerDifferences(answer([lora()]), answer([lora()]))).toEqual([]);
    expect(answerDifferences({ json: { a: 1, b: [2] } }, { json: { b: [2], a: 1 } })).toEqual([]);
    expect(answerDifferences({ none: "throws Error: no" }, { none: "throws Error: no" })).toEqual([]);
  });

  it("differ by method, in GiB, and what follows a peak is counted", () => {
    const after = lora({ peakBytes: 20.5 * GIB, fit: "over", terms: [{ id: "weights", bytes: 20.5 * GIB }] });
    expect(answerDifferences(answer([lora()]), answer([after]))).toEqual([
      "methods[lora].peakBytes: 18.000 GiB -> 20.500 GiB",
      'methods[lora].fit: "fits" -> "over"',
      "and 2 figures that follow",
    ]);
  });

  it("differ by a single byte, which GiB would not show", () => {
    expect(answerDifferences(answer([lora()]), answer([lora({ peakBytes: 18 * GIB + 1 })]))).toEqual([
      "methods[lora].peakBytes: 19327352832 B -> 19327352833 B",
    ]);
  });

  it("differ where only what otherwise follows does", () => {
    const terms = [lora().terms[0], { id: "adapters", bytes: 4 * GIB }];
    expect(answerDifferences(answer([lora()]), answer([lora({ terms })]))).toEqual([
      "methods[lora].terms[adapters].bytes: 3.000 GiB -> 4.000 GiB",
    ]);
  });

  it("are the same where the newer alone has a field: fields are only ever added", () => {
    expect(answerDifferences(answer([lora()]), answer([lora({ hostBytes: GIB })]))).toEqual([]);
  });

  it("differ in what one of them alone says", () => {
    expect(answerDifferences(answer([lora({ hostBytes: GIB })]), answer([lora()]))).toEqual([
      "methods[lora].hostBytes: 1.000 GiB -> nothing",
    ]);
    expect(answerDifferences(answer([]), answer([], { issues: [{ code: "ignored-here", key: "tp" }] }))).toEqual([
      'issues[0]: nothing -> {"code":"ignored-here","key":"tp"}',
    ]);
    expect(answerDifferences({ json: { lock: [] } }, { json: { lock: {} } })).toEqual(["lock: [] -> {}"]);
    expect(answerDifferences({ json: { params: null } }, { json: {} })).toEqual(["params: null -> nothing"]);
  });

  it("differ when one side has no answer, or says otherwise why it has none", () => {
    expect(answerDifferences(answer([lora()]), { none: "throws Error: no parameter" })).toEqual([
      "an estimate -> throws Error: no parameter",
    ]);
    expect(answerDifferences({ none: "throws Error: no" }, { none: '"x" is not a link.' })).toEqual([
      'throws Error: no -> "x" is not a link.',
    ]);
  });
});
