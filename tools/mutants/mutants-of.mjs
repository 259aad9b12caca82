import { mutationsAt } from "./operators.mjs";
import { parsed, walk } from "./syntax.mjs";

/** @typedef {import("vite").ESTree.Node} Node */
/** @typedef {Readonly<{ file: string, start: number, end: number, before: string, after: string }>} Mutant */

/** Expressions that say a type beside a value. All else of TypeScript's own is a type, and types are no program. */
const TYPED_EXPRESSIONS = ["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"];

/** Properties that say where something is written; a test would say the same address once more. */
const SOURCES = ["url", "label", "source", "retrieved"];

/** @param {Node} node */
const isType = ({ type }) => type.startsWith("TS") && !TYPED_EXPRESSIONS.includes(type);

/** What never happens has no test: assertions and errors. @param {Node} node */
const isAssertion = (node) =>
  node.type === "ThrowStatement" ||
  (node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === "assert");

/** @param {Node} node */
const isSource = (node) =>
  node.type === "Property" && node.key.type === "Identifier" && SOURCES.includes(node.key.name);

/** @param {Node} node */
const isImport = ({ type }) =>
  type === "ImportDeclaration" || type === "ExportAllDeclaration" || type === "ImportExpression";

/** @param {Node} node @param {Node} parent */
const isName = (node, parent) => parent.type === "Property" && parent.key === node && !parent.computed;

/** @param {Node} node @param {Node} parent */
const isLeftOut = (node, parent) =>
  isType(node) || isAssertion(node) || isSource(node) || isImport(node) || isName(node, parent);

/**
 * A statement that is nothing but an assertion is none to remove either.
 *
 * @param {Node} node
 */
const isAssertionStatement = (node) => node.type === "ExpressionStatement" && isAssertion(node.expression);

/**
 * Every mutant of a file: a place, and what stands there instead. Some do not type-check; they count as the others.
 *
 * @param {string} file
 * @param {string} text
 */
export const mutantsOf = (file, text) => {
  /** @type {Mutant[]} */
  const mutants = [];
  walk(parsed(file, text).program, (node, parent) => {
    if (isLeftOut(node, parent) || isAssertionStatement(node)) return false;
    for (const { start, end, after } of mutationsAt(node, { text, parent }))
      mutants.push({ file, start, end, before: text.slice(start, end), after });
    return true;
  });
  return mutants;
};

/** The file's text with the mutant in it. @param {Mutant} mutant @param {string} text */
export const mutated = ({ start, end, after }, text) => text.slice(0, start) + after + text.slice(end);

/** Where a mutant stands, as compilers say it. @param {Mutant} mutant @param {string} text */
export const placeOf = ({ file, start }, text) => {
  const lines = text.slice(0, start).split("\n");
  return `${file}:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
};
