import type { ReactElement } from "react";
import { ARTICLE_MEMORY } from "#advice/article/memory.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { formatCount } from "#format/count.ts";
import { formatGb } from "#format/gb.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import { Quoted, type QuotedRow } from "./Quoted.tsx";
import table from "./Quoted.module.css";

/** The batch and the length of the steps that the article's figures are held against: asked about, so kept from draw to draw. */
export type StepProps = Readonly<{ at: Pick<Choices, "batch" | "seq"> }>;

/** What the article prints, line by line; the engine's figures come in the same order. */
const PRINTED = ARTICLE_MEMORY.flatMap(({ label, gb }) =>
  METHODS.map((method) => ({ label, method, quoted: gb[method] })),
);

/** The article's training memory by model size beside its rule and a training step, each difference in a sentence. */
export const MemoryTable = ({ at }: StepProps): ReactElement => {
  const { value, fresh } = useAsked("comparedMemory", at);
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
        for a frozen one, 0.5 for one in 4 bits, nothing else; only the full column follows from it, the others were
        rounded up by hand. A step: the PyTorch peak of a training step at batch {formatCount(at.batch)} and{" "}
        {formatCount(at.seq)} tokens with the default stack, LoRA rank 16 on all linears, for a model of that size. A
        step differs because batch, length and vocabulary count, 4-bit applies to linear layers only, and PEFT keeps
        adapters in fp32.
      </p>
    </>
  );
};
