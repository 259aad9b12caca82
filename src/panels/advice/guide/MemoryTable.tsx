import { type ReactElement, useMemo } from "react";
import { ARTICLE_MEMORY } from "#advice/article/memory.ts";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { formatGb } from "#format/gb.ts";
import { formatCount } from "#format/count.ts";
import table from "#panels/answer/Article.module.css";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import { Quoted, type QuotedRow } from "./Quoted.tsx";

/** What the article prints, line by line; the engine's figures come in the same order. */
const PRINTED = ARTICLE_MEMORY.flatMap(({ label, gb }) =>
  METHODS.map((method) => ({ label, method, quoted: gb[method] })),
);

/** The article's training memory by model size beside its rule and a training step, each difference in a sentence. */
export const MemoryTable = ({ answer }: AdviceProps): ReactElement => {
  const { batch, seq } = answer.choices;
  const asked = useMemo(() => ({ batch, seq }), [batch, seq]);
  const { value, fresh } = useAsked("comparedMemory", asked);
  return (
    <>
      <Quoted
        label="The article’s memory table beside the engine"
        head={["GB (10⁹ B)", "Method", "Quoted", "Its rule", "A step", "Why they differ"]}
        rows={PRINTED.map(({ label, method, quoted }, index): QuotedRow => {
          const row = value?.[index];
          const computed = row ? [formatGb(row.ruleBytes), formatGb(row.stepBytes), row.why] : ["", "", ""];
          return [label, METHOD_NAMES[method].label, quoted, ...computed];
        })}
        quoted={[2]}
        words={[5]}
        fresh={fresh}
      />
      <p className={table.note}>
        Quoted: as the article prints it. Its rule: the preset <em>Article</em>, 12 bytes for each trained parameter, 2
        for a frozen one, 0.5 for one in 4 bits. A step: the PyTorch peak of a training step with the default stack at
        batch {formatCount(batch)} and {formatCount(seq)} tokens.
      </p>
    </>
  );
};
