import { type ReactElement, useMemo } from "react";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { EN_DASH } from "#format/signs.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import { ArticleLink } from "#panels/article/ArticleLink.tsx";
import { Quoted, type QuotedRow } from "#panels/article/Quoted.tsx";
import type { Choices } from "#scenario/keys/choices.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import styles from "./Guide.module.css";

const CASES: readonly Readonly<{ label: string; says: string; patch: Partial<Choices> }>[] = [
  { label: "With gradient checkpointing", says: "always for large models", patch: { ckpt: true } },
  { label: "Without", says: EN_DASH, patch: { ckpt: false } },
  { label: "Weights in bf16", says: "bf16 rather than fp16", patch: { weights: "bf16" } },
  { label: "Weights in fp16", says: EN_DASH, patch: { weights: "fp16" } },
  { label: "Weights in fp32", says: EN_DASH, patch: { weights: "fp32" } },
];

/** The method as it is, then each case. */
const PATCHES = [{}, ...CASES.map(({ patch }) => patch)];

/** What the article always advises, and what it is worth in this scenario. */
export const StandingAdvice = ({ answer, focus }: AdviceProps): ReactElement => {
  const { choices } = answer;
  const { method } = focus;
  const asked = useMemo(() => ({ choices: { ...choices, method }, patches: PATCHES }), [choices, method]);
  const { value, fresh } = useAsked("trials", asked);
  const [now, ...cases] = value?.map(({ onCardBytes }) => onCardBytes) ?? [];
  const rows = CASES.map(({ label, says }, index): QuotedRow => {
    const bytes = cases[index];
    const computed =
      bytes === undefined || now === undefined ? ["", ""] : [formatGib(bytes), formatSignedGib(bytes - now)];
    return [label, says, ...computed];
  });
  return (
    <>
      <Quoted
        label="Checkpointing and number formats"
        head={["Setting", "Quoted", "GiB on the card here", "against now"]}
        rows={rows}
        quoted={[1]}
        fresh={fresh}
      />
      <p className={styles.text}>
        What <ArticleLink>the article</ArticleLink> advises. bf16 and fp16 take the same memory; bf16 has the range of
        fp32, so that no loss scaling is needed. Checkpointing costs about a third more compute and changes no result.
      </p>
    </>
  );
};
