import type { ReactElement } from "react";
import type { FactoredProduct, FactorPart } from "#calc/explain/factored-term.ts";
import { tensorName, whyAlive } from "#calc/explain/tensor-words.ts";
import type { Term } from "#calc/model/term.ts";
import { kernelText, shapeText } from "#advice/factor-text.ts";
import { TERM_STYLE } from "#charts/term-style.ts";
import { formatBytes, formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import { formatMib } from "#format/mebibytes.ts";
import type { FactoredTerms } from "#advice/factored-run.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./Factors.module.css";
import { openAlive } from "./selection.ts";

/** So many rows tell where a factor comes from; the others are one row together. */
const MOST_ROWS = 8;

const sumOf = (parts: readonly FactorPart[], what: (part: FactorPart) => number): number =>
  parts.reduce((sum, part) => sum + what(part), 0);

/** "a logit": what a block's bytes are counted for. */
const unitWord = ({ factors, unit }: FactoredProduct): string =>
  factors.length === 1 ? "MiB" : unit.name.replace("bytes per", "a");

type BlockProps = Readonly<{ term: Term; product: FactoredProduct; each: number }>;

/** The bytes that tensors add to the factor, on the term's colour. */
const Block = ({ term, product, each }: BlockProps): ReactElement => {
  const { fill, labelFill, edge } = TERM_STYLE[term.id];
  return (
    <span className={styles.block} style={{ background: fill, color: labelFill, borderColor: edge ?? fill }}>
      {product.factors.length === 1 ? formatMib(each) : formatBytes(each)}
    </span>
  );
};

type FactorPartsProps = Readonly<{ id: string; term: Term; product: FactoredProduct; factored: FactoredTerms }>;

/** The tensors that a factor is made of: what each adds to it, its name, kernel and shape, why it is there, and its GiB. */
export const FactorParts = ({ id, term, product, factored }: FactorPartsProps): ReactElement => {
  const shown = product.parts.slice(0, MOST_ROWS);
  const others = product.parts.slice(MOST_ROWS);
  return (
    <table id={id} className={styles.parts}>
      <caption className={styles.caption}>{`What ${product.unit.name} are made of`}</caption>
      <thead>
        <tr>
          <th scope="col">{unitWord(product)}</th>
          <th scope="col">Tensor alive at the peak</th>
          <th scope="col" className={styles.wide}>
            Shape
          </th>
          <th scope="col" className={styles.wide}>
            Why it is there
          </th>
          <th scope="col" className={styles.gib}>
            GiB
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((part, index) => (
          <tr key={index}>
            <td>
              <Block term={term} product={product} each={part.each} />
            </td>
            <th scope="row">
              <Button
                kind="link"
                className={styles.tensor}
                title={`${shapeText(part)}. ${whyAlive(part.tensors, factored)}`}
                onClick={() => openAlive(term.id)}
              >
                {tensorName(part.tensors)}
              </Button>
              <code className={styles.kernel}>{kernelText(part, factored.layers)}</code>
            </th>
            <td className={`${styles.wide} ${styles.shape}`}>{shapeText(part)}</td>
            <td className={`${styles.wide} ${styles.why}`}>{whyAlive(part.tensors, factored)}</td>
            <td className={styles.gib}>{formatGib(part.bytes)}</td>
          </tr>
        ))}
        {others.length > 0 && (
          <tr>
            <td>
              <Block term={term} product={product} each={sumOf(others, ({ each }) => each)} />
            </td>
            <th scope="row">
              <Button kind="link" className={styles.tensor} onClick={() => openAlive(term.id)}>
                {formatCount(others.length)} more
              </Button>
            </th>
            <td className={`${styles.wide} ${styles.why}`} colSpan={2}>
              Each adds less than those above
            </td>
            <td className={styles.gib}>{formatGib(sumOf(others, ({ bytes }) => bytes))}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
};
