import { type ReactElement, useMemo } from "react";
import { comparedMemory } from "#advice/compared.ts";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { formatGb } from "#format/gb.ts";
import { formatCount } from "#format/count.ts";
import table from "#panels/answer/Article.module.css";
import { useScenario } from "#scenario/page/store.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import { Quoted } from "./Quoted.tsx";

/** The article's training memory by model size beside its rule and a training step, each difference in a sentence. */
export const MemoryTable = ({ answer }: AdviceProps): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const { batch, seq } = answer.choices;
  const rows = useMemo(() => comparedMemory({ batch, seq }, catalog), [batch, seq, catalog]);
  return (
    <>
      <Quoted
        label="The article’s memory table beside the engine"
        head={["GB (10⁹ B)", "Method", "Quoted", "Its rule", "A step", "Why they differ"]}
        rows={rows.map(({ label, method, quoted, ruleBytes, stepBytes, why }) => [
          label,
          METHOD_NAMES[method].label,
          quoted,
          formatGb(ruleBytes),
          formatGb(stepBytes),
          why,
        ])}
        quoted={[2]}
        words={[5]}
      />
      <p className={table.note}>
        Quoted: as the article prints it. Its rule: the preset <em>Article</em>, 12 bytes for each trained parameter, 2
        for a frozen one, 0.5 for one in 4 bits. A step: the PyTorch peak of a training step with the default stack at
        batch {formatCount(batch)} and {formatCount(seq)} tokens.
      </p>
    </>
  );
};
