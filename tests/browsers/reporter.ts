import { stripVTControlCharacters } from "node:util";
import type { FullResult, Reporter, TestCase, TestError, TestResult } from "@playwright/test/reporter";
import { differenceOf } from "./difference-of.ts";

type Outcome = "passed" | "failed" | "not driven";
type Held = Readonly<{ engine: string; title: string; what: string }>;

const COLUMN = 10;

const OUTCOMES: Readonly<Partial<Record<TestResult["status"], Outcome>>> = { passed: "passed", skipped: "not driven" };

const reasonOf = ({ annotations }: TestResult): string =>
  annotations.find(({ type }) => type === "skip")?.description ?? "no reason was given";

const ERROR_LINES = 12;

const linesOf = ({ message = "" }: TestError): string => {
  const [first = "", ...rest] = stripVTControlCharacters(message).split("\n");
  return [first, ...rest.slice(0, ERROR_LINES)].map((line) => `    ${line}`).join("\n");
};

const say = (engine: string, words: string): void => console.log(`${engine.padEnd(COLUMN)} ${words}`);

/** What comes after the outcome of a test. */
const wordsOf = (outcome: Outcome, title: string, result: TestResult): string =>
  outcome === "not driven"
    ? `not driven: ${reasonOf(result)} (${title})`
    : `${outcome === "passed" ? "passed" : "FAILED"}: ${title} (${(result.duration / 1000).toFixed(1)} s)`;

/**
 * Says of each engine what passed, what failed, and what it cannot be made to do; and holds against each other what is the same in every engine. What was not
 * driven is never counted as passed.
 */
export default class Engines implements Reporter {
  private readonly counts = new Map<string, Map<Outcome, number>>();
  private readonly held: Held[] = [];

  onTestEnd({ title, parent }: TestCase, result: TestResult): void {
    const engine = parent.project()?.name ?? "";
    const outcome = OUTCOMES[result.status] ?? "failed";
    this.count(engine, outcome);
    say(engine, wordsOf(outcome, title, result));
    for (const error of result.errors) console.log(linesOf(error));
    if (outcome !== "passed") return;
    for (const { body } of result.attachments.filter(({ name }) => name === "same"))
      this.held.push({ engine, title, what: String(body) });
  }

  /** What failed outside of every test: a file of the list that cannot be read. */
  onError(error: TestError): void {
    this.count("the list", "failed");
    console.log(linesOf(error));
  }

  async onEnd(): Promise<{ status: FullResult["status"] }> {
    for (const held of this.held) this.compare(held);
    const engines = [...this.counts.keys()];
    for (const engine of engines) say(engine, this.sentence([engine]));
    console.log(this.sentence(engines));
    const isFine = this.sum(engines, "failed") === 0 && this.sum(engines, "passed") > 0;
    return { status: isFine ? "passed" : "failed" };
  }

  printsToStdio(): boolean {
    return true;
  }

  /** An engine's words against those of the first that has them. */
  private compare({ engine, title, what }: Held): void {
    const first = this.held.find((other) => other.title === title);
    if (first === undefined || first.engine === engine) return;
    const isSame = first.what === what;
    this.count(engine, isSame ? "passed" : "failed");
    say(engine, `${isSame ? "passed" : "FAILED"}: as ${first.engine} has it: ${title}`);
    if (!isSame)
      console.log(
        differenceOf(first.what, what)
          .map((line) => `    ${line}`)
          .join("\n"),
      );
  }

  private count(engine: string, outcome: Outcome): void {
    const counts = this.counts.get(engine) ?? new Map<Outcome, number>();
    this.counts.set(engine, counts.set(outcome, (counts.get(outcome) ?? 0) + 1));
  }

  private sum(engines: readonly string[], outcome: Outcome): number {
    return engines.reduce((sum, engine) => sum + (this.counts.get(engine)?.get(outcome) ?? 0), 0);
  }

  private sentence(engines: readonly string[]): string {
    const missing = this.sum(engines, "not driven");
    const counts = `${this.sum(engines, "passed")} passed, ${this.sum(engines, "failed")} failed`;
    return missing === 0 ? counts : `${missing} not driven; ${counts}`;
  }
}
