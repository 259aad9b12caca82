import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";
import { expect, test } from "vitest";

type Node = Readonly<{ type: string; start: number; [field: string]: unknown }>;

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value;

const childrenOf = (node: Node): readonly Node[] => Object.values(node).flat().filter(isNode);

/** The name of what a call calls: `latePart(…)`, `….then(…)`. */
const calledBy = ({ callee }: Node): unknown => {
  if (!isNode(callee)) return null;
  return callee.type === "MemberExpression" ? (callee["property"] as Node)["name"] : callee["name"];
};

/** Whether a call takes care of what fails in a part of it: in what `latePart` fetches, before a `.catch`, or a `.then` that has a second function. */
const caresFor = (call: Node, part: Node): boolean => {
  const name = calledBy(call);
  const given = call["arguments"] as readonly Node[];
  if (given.includes(part)) return name === "latePart" || name === "hydratedPart";
  return name === "catch" || (name === "then" && given.length > 1);
};

const isCaught = (around: readonly Node[], node: Node): boolean =>
  around.some((outer, index) => {
    const inner = around[index + 1] ?? node;
    if (outer.type === "TryStatement") return outer["handler"] !== null && outer["block"] === inner;
    return outer.type === "CallExpression" && caresFor(outer, inner);
  });

/** The late imports of a source whose failure nobody there takes care of. */
const bareImports = (file: string, source: string): readonly Node[] => {
  const found: Node[] = [];
  const walk = (node: Node, around: readonly Node[]): void => {
    if (node.type === "ImportExpression" && !isCaught(around, node)) found.push(node);
    for (const child of childrenOf(node)) walk(child, [...around, node]);
  };
  walk(parseSync(file, source).program as unknown as Node, []);
  return found;
};

/** Where somebody else takes care, and who. */
const CARED_FOR_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  "src/main.tsx": ["start() is caught, and so is what is said of a part"],
  "src/service/start-service.ts": ["workerService() says that the engine could not be loaded"],
  "src/service/answers/files.ts": [
    "serve() answers that it failed",
    "serve() answers that it failed",
    "serve() answers that it failed",
    "serve() answers that it failed",
    "serve() answers that it failed",
    "serve() answers that it failed",
    "serve() answers that it failed",
    "serve() answers that it failed",
  ],
  "src/app/panels.tsx": ["four late parts have it"],
  "src/panels/import/ImportDoor.tsx": ["both that hand something over have a catch"],
  "src/panels/scenario/GpuControl.tsx": ["the combobox says that its list could not be loaded"],
  "src/panels/scenario/BasicControls.tsx": ["the combobox says that its list could not be loaded"],
  "src/panels/scenario/CompletionsControls.tsx": ["the combobox says that its list could not be loaded"],
};

/** What runs in a terminal has its files beside it. */
const IN_TERMINAL = /^src[\\/]package[\\/]/;

const SOURCES = readdirSync("src", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((file) => !IN_TERMINAL.test(file));

test("a script that is fetched late and is gone is taken care of, wherever it is asked for", () => {
  const bare = SOURCES.flatMap((file) => {
    const source = readFileSync(file, "utf8");
    return source.includes("import(") ? [{ file, found: bareImports(file, source).length }] : [];
  }).filter(({ found }) => found > 0);
  const expected = Object.entries(CARED_FOR_ELSEWHERE).map(([file, reasons]) => ({ file, found: reasons.length }));
  expect(bare.toSorted((a, b) => a.file.localeCompare(b.file))).toEqual(
    expected.toSorted((a, b) => a.file.localeCompare(b.file)),
  );
});

test("a part that is drawn late is a `latePart`, which says in its place that it is gone; React's own `lazy` takes the panel with it", () => {
  const users = SOURCES.filter((file) => /\blazy\b[^"]*from "react"/.test(readFileSync(file, "utf8")));
  expect(users).toEqual([join("src", "ui", "late-parts.tsx")]);
});

test.each([
  ["void import('./a.ts').then(({ a }) => a());", 1],
  ["const press = async () => (await import('./a.ts')).a();", 1],
  ["try { use(); } catch { await import('./a.ts'); }", 1],
  ["void import('./a.ts').then(({ a }) => a()).catch(() => undefined);", 0],
  ["void import('./a.ts').then(({ a }) => a(), () => undefined);", 0],
  ["const Part = latePart(async () => (await import('./A.tsx')).A);", 0],
  ["try { await import('./a.ts'); } catch { said(); }", 0],
])("`%s` has %i late imports that nobody takes care of", (source, count) => {
  expect(bareImports("a.ts", source)).toHaveLength(count);
});
