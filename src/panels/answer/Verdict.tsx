import type { ReactElement } from "react";
import { cardCandidates } from "#advice/smallest-gpu.ts";
import { verdict } from "#advice/verdict.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { scenarioLine } from "./scenario-line.ts";
import { Spoken } from "./Spoken.tsx";
import styles from "./Verdict.module.css";

/** The catalog changes once in a session; its candidates are sorted once for each. */
const candidatesOf = new WeakMap<Catalog, ReturnType<typeof cardCandidates>>();
const candidates = (catalog: Catalog): ReturnType<typeof cardCandidates> => {
  const known = candidatesOf.get(catalog) ?? cardCandidates(catalog.gpus);
  candidatesOf.set(catalog, known);
  return known;
};

const sentencesOf = (answer: Answer, catalog: Catalog): readonly string[] =>
  verdict({
    methods: answer.methods,
    gpu: {
      shortName: answer.gpu.shortName,
      usableBytes: answer.gpu.usableBytes,
      isCustom: answer.choices.gpu.kind === "custom",
    },
    usedBytes: answer.usedBytes,
    gpus: answer.choices.gpus,
    candidates: candidates(catalog),
    complete: catalog.complete,
  });

/** The answer in one or two sentences, above everything else. */
export const Verdict = (): ReactElement => {
  const answer = useAnswer();
  const catalog = useScenario((state) => state.catalog);
  const sentences = sentencesOf(answer, catalog);
  return (
    <section id="verdict" className={styles.verdict} aria-label="Verdict">
      <p className={styles.scenario}>{scenarioLine(answer)}</p>
      <h1 className={styles.sentences}>
        {sentences.map((sentence, index) => (
          <span key={index === 0 ? "first" : "second"} className={styles.sentence}>
            {sentence}{" "}
          </span>
        ))}
      </h1>
      <Spoken text={sentences.join(" ")} />
    </section>
  );
};
