import { type ReactElement, useMemo } from "react";
import { tryOut } from "#advice/trial.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { EN_DASH } from "#format/signs.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import type { Choices } from "#scenario/choices/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import styles from "./Guide.module.css";
import { Quoted, type QuotedRow } from "./Quoted.tsx";

const CASES: readonly Readonly<{ label: string; says: string; patch: Partial<Choices> }>[] = [
  { label: "With gradient checkpointing", says: "always for large models", patch: { ckpt: true } },
  { label: "Without", says: EN_DASH, patch: { ckpt: false } },
  { label: "Weights in bf16", says: "bf16 rather than fp16", patch: { weights: "bf16" } },
  { label: "Weights in fp16", says: EN_DASH, patch: { weights: "fp16" } },
  { label: "Weights in fp32", says: EN_DASH, patch: { weights: "fp32" } },
];

/** What the article always advises, and what it is worth in this scenario. */
export const StandingAdvice = ({ answer, focus }: AdviceProps): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const { choices } = answer;
  const rows = useMemo(() => {
    const at = (patch: Partial<Choices>): number =>
      tryOut({ ...choices, method: focus.method, ...patch }, catalog).onCardBytes;
    const now = at({});
    return CASES.map(({ label, says, patch }): QuotedRow => {
      const bytes = at(patch);
      return [label, says, formatGib(bytes), formatSignedGib(bytes - now)];
    });
  }, [choices, focus.method, catalog]);
  return (
    <>
      <Quoted
        label="Checkpointing and number formats"
        head={["Setting", "Quoted", "GiB on the card here", "against now"]}
        rows={rows}
        quoted={[1]}
      />
      <p className={styles.text}>
        bf16 and fp16 take the same memory; bf16 has the range of fp32, so that no loss scaling is needed. Checkpointing
        costs about a third more compute and changes no result.
      </p>
    </>
  );
};
