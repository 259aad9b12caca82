import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

type Outcome = "passed" | "failed" | "not driven";
type Held = Readonly<{ engine: string; title: string; what: string }>;

const COLUMN = 10;

const reasonOf = ({ annotations }: TestResult): string =>
  annotations.find(({ type }) => type === "skip")?.description ?? "no reason was given";

const firstLines = (text: string): string =>
  text
    .replaceAll(/\u001b\[\d+m/g, "")
    .split("\n")
    .slice(0, 12)
    .join("\n    ");

/**
 * Says of each engine what passed, what failed, and what it cannot be made to do; and holds against each other what is the same in every engine. What was not
 * driven is never counted as passed.
 */
export default class Engines implements Reporter {
  private readonly counts = new Map<string, Map<Outcome, number>>();
  private readonly held: Held[] = [];

  onTestEnd(test: TestCase, result: TestResult): void {
    const engine = test.parent.project()?.name ?? "";
    if (result.status === "skipped") {
      this.count(engine, "not driven");
      console.log(`${engine.padEnd(COLUMN)} not driven: ${reasonOf(result)} (${test.title})`);
      return;
    }
    const isFine = result.status === "passed";
    this.count(engine, isFine ? "passed" : "failed");
    console.log(
      `${engine.padEnd(COLUMN)} ${isFine ? "passed" : "FAILED"}: ${test.title} (${(result.duration / 1000).toFixed(1)} s)`,
    );
    for (const { message = "" } of result.errors) console.log(`    ${firstLines(message)}`);
    for (const { name, body } of result.attachments)
      if (name === "same" && body !== undefined && isFine)
        this.held.push({ engine, title: test.title, what: body.toString() });
  }

  async onEnd(): Promise<{ status: FullResult["status"] }> {
    this.compare();
    const engines = [...this.counts.keys()];
    for (const engine of engines) console.log(`${engine.padEnd(COLUMN)} ${this.sentence([engine])}`);
    console.log(this.sentence(engines));
    const isFine = this.sum(engines, "failed") === 0 && this.sum(engines, "passed") > 0;
    return { status: isFine ? "passed" : "failed" };
  }

  printsToStdio(): boolean {
    return true;
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

  /** Each engine's words against those of the first that has them. */
  private compare(): void {
    for (const { engine, title, what } of this.held) {
      const first = this.held.find((other) => other.title === title);
      if (first === undefined || first.engine === engine) continue;
      const isSame = first.what === what;
      this.count(engine, isSame ? "passed" : "failed");
      console.log(`${engine.padEnd(COLUMN)} ${isSame ? "passed" : "FAILED"}: as ${first.engine} has it: ${title}`);
      if (!isSame) console.log(`    ${difference(first.what, what)}`);
    }
  }
}

const AROUND = 60;

/** Where two texts part, with some of what is around it. */
const difference = (before: string, after: string): string => {
  const at = [...before].findIndex((letter, index) => letter !== after[index]);
  const from = Math.max(0, (at === -1 ? before.length : at) - AROUND);
  return `${before.slice(from, from + 2 * AROUND)}\n    ${after.slice(from, from + 2 * AROUND)}`;
};
