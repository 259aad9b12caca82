import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { runThrough } from "#advice/run-through.ts";
import type { FactoredProduct, FactoredTerm } from "#calc/explain/factored-term.ts";
import { tensorName, whyAlive } from "#calc/explain/tensor-words.ts";
import type { Term } from "#calc/model/term.ts";
import { factorValue, kernelText, otherwiseText, restText, shapeText } from "#advice/factor-text.ts";
import { formulaNames, formulaNumbers } from "#format/formula-text.ts";
import { TERM_NAMES } from "#format/term-names.ts";
import { formatBytes, formatGib } from "#format/bytes.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { factoredRun, type FactoredTerms } from "#advice/factored-run.ts";
import { textTable } from "./text-table.ts";

const productLines = (product: FactoredProduct, factored: FactoredTerms): readonly string[] => {
  const { factors, unit, parts } = product;
  const rows = parts.map((part) => [
    tensorName(part.tensors),
    kernelText(part, factored.layers),
    shapeText(part),
    whyAlive(part.tensors, factored),
    formatBytes(part.each),
  ]);
  const [first = [], ...others] = rows;
  const widths = first.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lined = [first, ...others].map((row) =>
    row
      .slice(0, -1)
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  "),
  );
  const bytes = rows.map((row) => row.at(-1) ?? "");
  const otherwise = otherwiseText(product, factored.phase);
  return [
    `  ${unit.name}${factors.length === 1 ? "" : `, ${factorValue(unit)}`}:`,
    ...textTable(lined.map((line, index) => [`    ${line}`, bytes[index] ?? ""])),
    ...(otherwise === "" ? [] : [`    ${otherwise}`]),
  ];
};

const tensorLines = (term: FactoredTerm, factored: FactoredTerms): readonly string[] => {
  const rest = restText(term);
  return [
    ...term.products.flatMap((product) => productLines(product, factored)),
    ...(rest === "" ? [] : [`  ${rest}`]),
  ];
};

const termLines = ({ id, bytes, formula }: Term, factored: FactoredTerms | null): readonly string[] => {
  const ofTerm = factored?.terms.find((each) => each.id === id);
  return [
    `${TERM_NAMES[id].label}, ${formatGib(bytes)} GiB`,
    `  = ${formulaNames(formula)}`,
    `  = ${formulaNumbers(formula)}`,
    `  = ${formatBytes(bytes)}`,
    ...(ofTerm === undefined || factored === null ? [] : tensorLines(ofTerm, factored)),
  ];
};

const methodLines = (run: MethodAnswer): readonly string[] => {
  const factored = runThrough(factoredRun(run));
  const there = run.estimate.terms.filter(({ bytes }) => bytes > 0);
  return [
    `How ${METHOD_NAMES[run.method].label} is computed, at its peak`,
    "",
    ...there.flatMap((term) => [...termLines(term, factored), ""]),
  ];
};

/** How the figures of an answer come about: each term's formula, and the tensors that its last factors are made of. */
export const explainedFigures = ({ methods }: Answer): readonly string[] =>
  methods.flatMap(methodLines).map((line) => line.replaceAll("\u00A0", " "));
