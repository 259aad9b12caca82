/** @typedef {import("vite").ESTree.Node} Node */
/** @typedef {Readonly<{ start: number, end: number, after: string }>} Mutation A part of the text, and what stands there instead. */

/** What may stand for an operator: its opposite; of an order, where it ends too. @type {Readonly<Record<string, readonly string[]>>} */
const OTHER_OPERATORS = {
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  "+=": ["-="],
  "-=": ["+="],
  "*=": ["/="],
  "/=": ["*="],
  "++": ["--"],
  "--": ["++"],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "&&": ["||"],
  "||": ["&&"],
};

/** @type {ReadonlyMap<string, string>} */
const OTHER_METHODS = new Map(
  Object.entries({ min: "max", max: "min", floor: "ceil", ceil: "floor", some: "every", every: "some" }),
);

/** @param {Node} node @param {string} after @returns {Mutation} */
const instead = ({ start, end }, after) => ({ start, end, after });

/** @param {Node} node @returns {boolean} whether it is seen at once that `+` joins words here and adds no numbers */
const isText = (node) =>
  node.type === "TemplateLiteral" ||
  (node.type === "Literal" && typeof node.value === "string") ||
  (node.type === "BinaryExpression" && (isText(node.left) || isText(node.right)));

/**
 * The whole expression with another operator: the first such sign after the left operand, or at the end of the expression.
 *
 * @param {Node & { operator: string }} node
 * @param {string} text
 * @param {number} from
 */
const otherOperators = (node, text, from) => {
  const at = text.indexOf(node.operator, from);
  return (OTHER_OPERATORS[node.operator] ?? []).map((other) =>
    instead(node, text.slice(node.start, at) + other + text.slice(at + node.operator.length, node.end)),
  );
};

/** A comparison has another operator already, and `!a` is `a`: neither is negated once more. @param {Node} test */
const hasOpposite = (test) =>
  (test.type === "UnaryExpression" && test.operator === "!") ||
  (test.type === "BinaryExpression" && test.operator in OTHER_OPERATORS);

/** @param {Readonly<{ test: Node | null }>} node @param {Readonly<{ text: string }>} place */
const negated = ({ test }, { text }) =>
  test === null || hasOpposite(test) ? [] : [instead(test, `!(${text.slice(test.start, test.end)})`)];

/** @param {Readonly<{ body: Node | null }>} node */
const returnedEarly = ({ body }) =>
  body?.type === "BlockStatement" && body.body.length > 0 ? [instead(body, "{}")] : [];

/** @param {number} value */
const numbersBeside = (value) => [value + 1, value - 1].map((other) => (other < 0 ? `(${other})` : String(other)));

/** @param {Node} node @returns {boolean} */
const isCall = (node) =>
  node.type === "CallExpression" ||
  (node.type === "AwaitExpression" && isCall(node.argument)) ||
  (node.type === "ChainExpression" && isCall(node.expression));

/** @param {Node} callee */
const otherMethod = (callee) => {
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return [];
  const other = OTHER_METHODS.get(callee.property.name);
  return other === undefined ? [] : [instead(callee.property, other)];
};

/** A string is emptied where it is a value, not where it is compared, named or looked up. @param {Node} parent */
const isValueIn = (parent) =>
  !["BinaryExpression", "SwitchCase", "MemberExpression", "ExpressionStatement"].includes(parent.type);

/** @param {Extract<Node, { type: "Literal" }>} node @param {Node} parent @returns {readonly string[]} */
const otherLiterals = ({ value }, parent) => {
  if (typeof value === "boolean") return [String(!value)];
  if (typeof value === "number") return numbersBeside(value);
  return typeof value === "string" && value !== "" && isValueIn(parent) ? ['""'] : [];
};

/** @typedef {Readonly<{ text: string, parent: Node }>} Place */
/** @template {Node["type"]} Type @typedef {(node: Node & { type: Type }, place: Place) => readonly Mutation[]} Operator */

/** What can be changed of a node, what is below it left out. @type {{ readonly [Type in Node["type"]]?: Operator<Type> }} */
const OPERATORS = {
  BinaryExpression: (node, { text }) => (isText(node) ? [] : otherOperators(node, text, node.left.end)),
  LogicalExpression: (node, { text }) =>
    node.operator === "??"
      ? [instead(node, text.slice(node.start, text.indexOf("??", node.left.end)).trimEnd())]
      : otherOperators(node, text, node.left.end),
  AssignmentExpression: (node, { text }) => otherOperators(node, text, node.left.end),
  UpdateExpression: (node, { text }) => otherOperators(node, text, node.prefix ? node.start : node.argument.end),
  UnaryExpression: (node, { text }) =>
    node.operator === "!" ? [instead(node, text.slice(node.start + 1, node.end))] : [],
  IfStatement: negated,
  ConditionalExpression: negated,
  WhileStatement: negated,
  DoWhileStatement: negated,
  ForStatement: negated,
  FunctionDeclaration: returnedEarly,
  FunctionExpression: returnedEarly,
  ArrowFunctionExpression: returnedEarly,
  ExpressionStatement: (node) => (isCall(node.expression) ? [instead(node, ";")] : []),
  CallExpression: ({ callee }) => otherMethod(callee),
  ArrayExpression: (node) => (node.elements.length > 0 ? [instead(node, "[]")] : []),
  TemplateLiteral: (node, { parent }) => (parent.type === "TaggedTemplateExpression" ? [] : [instead(node, "``")]),
  Literal: (node, { parent }) => otherLiterals(node, parent).map((other) => instead(node, other)),
};

/**
 * The mutations of one node, those of what is below it left out.
 *
 * @param {Node} node
 * @param {Place} place
 */
export const mutationsAt = (node, place) => {
  const operator = /** @type {Operator<Node["type"]> | undefined} */ (OPERATORS[node.type]);
  return operator?.(node, place) ?? [];
};
