import { type ReactElement, useMemo } from "react";
import { ARTICLE_MEMORY } from "#advice/article/memory.ts";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { formatGb } from "#format/gb.ts";
import { formatCount } from "#format/count.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import styles from "./Article.module.css";
import { useSettledAnswer } from "./use-settled-answer.ts";

/** The article's figures beside what its rule and a training step give, and why they differ. Quoted data, never this tool's measurements. */
export const Article = (): ReactElement | null => {
  const { choices } = useSettledAnswer();
  const { value } = useAsked(
    "article",
    useMemo(() => ({ batch: choices.batch, seq: choices.seq }), [choices.batch, choices.seq]),
  );
  if (value === null) return null;
  const { batch, seq, rows } = value;
  return (
    <div className={styles.article}>
      <h3 className={styles.title}>The article’s figures beside these</h3>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                GB (10<sup>9</sup> B)
              </th>
              {METHODS.map((method) => (
                <th key={method} scope="colgroup" colSpan={3}>
                  {METHOD_NAMES[method].label}
                </th>
              ))}
            </tr>
            <tr>
              {METHODS.flatMap((method) =>
                ["quoted", "its rule", "a step"].map((what) => (
                  <th key={`${method} ${what}`} scope="col">
                    {what}
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody>
            {ARTICLE_MEMORY.map((row, index) => (
              <tr key={row.label}>
                <th scope="row">{row.label}</th>
                {METHODS.flatMap((method) => [
                  <td key={`${method} quoted`} className={styles.quoted}>
                    {row.gb[method]}
                  </td>,
                  <td key={`${method} rule`}>{formatGb(rows[index]?.rule[method] ?? 0)}</td>,
                  <td key={`${method} step`}>{formatGb(rows[index]?.step[method] ?? 0)}</td>,
                ])}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.note}>
        Quoted: as the article prints it. Its rule: 12 bytes for each trained parameter, 2 for a frozen one, 0.5 for a
        4-bit one, nothing else; only the full column follows from it, the others were rounded up by hand. A step: the
        PyTorch peak of a training step at batch {formatCount(batch)} and {formatCount(seq)} tokens with the default
        stack, LoRA rank 16 on all linears, for a model of that size. A step differs because batch, length and
        vocabulary count, 4-bit applies to linear layers only, and PEFT keeps adapters in fp32.
      </p>
    </div>
  );
};
