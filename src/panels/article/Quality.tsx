import type { ReactElement } from "react";
import { QUALITY_BY_METHOD, QUALITY_SIZES } from "#advice/article/quality.ts";
import { Quoted } from "./Quoted.tsx";
import { QuotedFigure } from "./QuotedFigure.tsx";

/** MT-Bench by method and size, quoted: nothing of it can be computed here. */
export const Quality = (): ReactElement => (
  <>
    <QuotedFigure
      title="MT-Bench by method and LLaMA’s size."
      names={QUALITY_BY_METHOD.map(({ label }) => label)}
      groups={QUALITY_SIZES.map((label, index) => ({
        label,
        values: QUALITY_BY_METHOD.map(({ mtBench }) => mtBench[index] ?? null),
      }))}
    />
    <Quoted
      label="MT-Bench by method"
      head={["MT-Bench, quoted", ...QUALITY_SIZES]}
      rows={QUALITY_BY_METHOD.map(({ label, mtBench }) => [label, ...mtBench.map((score) => score.toFixed(1))])}
      quoted={[1, 2, 3]}
    />
  </>
);
