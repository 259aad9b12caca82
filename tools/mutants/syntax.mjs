import { parseSync } from "vite";

/** @typedef {import("vite").ESTree.Node} Node */

/** @param {unknown} value @returns {value is Node} */
const isNode = (value) => typeof value === "object" && value !== null && "type" in value;

/** The nodes right below a node, as they stand in the text. @param {Node} node */
const childrenOf = (node) => Object.values(node).flat().filter(isNode);

/**
 * Visits a node and what is below it.
 *
 * @param {Node} node
 * @param {(node: Node, parent: Node) => boolean} visit whether to go on below the node
 * @param {Node} [parent]
 */
export const walk = (node, visit, parent = node) => {
  if (!visit(node, parent)) return;
  for (const child of childrenOf(node)) walk(child, visit, node);
};

/** The syntax of a TypeScript module; brackets around an expression are no node. @param {string} file @param {string} text */
export const parsed = (file, text) => parseSync(file, text, { preserveParens: false });
