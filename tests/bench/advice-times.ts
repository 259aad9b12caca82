import { decodeLink } from "#scenario/choices/decode-link.ts";
import { topChange, topChangeFacts } from "#advice/top-change.ts";
import { advise, quickAdvice } from "#advice/advise.ts";
import { matrixRows } from "#advice/fit-matrix.ts";
import { matrixCards } from "#advice/matrix-gpus.ts";
import { runToEnd } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { modelArchitecture } from "#scenario/choices/chosen-model.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { type Form, timesOf } from "./times-of.ts";

const REPEATS = 40;
const COLD_REPEATS = 8;

/** What people ask: one that does not fit, one that does, and one that needs several changes. */
const LINKS = [
  "?v=1&batch=2&seq=4096",
  "?v=1&method=qlora",
  "?v=1&model=qwen2.5-14b&method=lora&batch=8&seq=8192&ckpt=0",
];

const withNewArchitecture = (choices: Choices): Choices => ({
  ...choices,
  model: { kind: "architecture", architecture: { ...modelArchitecture(choices.model, FULL_CATALOG) } },
});

const matrix = (choices: Choices): void =>
  void runToEnd(
    matrixRows(toAnswer(choices, FULL_CATALOG), matrixCards(choices.gpu, FULL_CATALOG, false), FULL_CATALOG),
  );

const panels = (choices: Choices): void => {
  runToEnd(quickAdvice(choices, FULL_CATALOG));
  matrix(choices);
};

type AdviceTimes = Readonly<{
  link: string;
  line: readonly number[];
  cold: readonly number[];
  warm: readonly number[];
  matrix: readonly number[];
  model: readonly number[];
}>;

/** Lengths that no two turns in a row share. */
const lengthAt = (seq: number, index: number): number => seq + 64 * (Math.abs(index) % 31);

/**
 * Milliseconds, link by link: the one sentence of advice of which nothing is remembered; advice and matrix so; the same when a slider moves the length; of that the matrix alone; and
 * advice with the search for the largest model, which the page does on request.
 */
export const adviceTimes = (form: Form): readonly AdviceTimes[] =>
  LINKS.map((link) => {
    const { value: choices } = decodeLink(link, FULL_CATALOG);
    const moved = (index: number): Choices => ({ ...choices, seq: lengthAt(choices.seq, index) });
    return {
      link,
      line: timesOf(
        COLD_REPEATS,
        () => void topChange(runToEnd(topChangeFacts(withNewArchitecture(choices), FULL_CATALOG))),
        form,
      ),
      cold: timesOf(COLD_REPEATS, () => panels(withNewArchitecture(choices)), form),
      warm: timesOf(REPEATS, (index) => panels(moved(index)), form),
      matrix: timesOf(REPEATS, (index) => matrix(moved(index)), form),
      model: timesOf(COLD_REPEATS, (index) => void runToEnd(advise(moved(index), FULL_CATALOG)), form),
    };
  });
