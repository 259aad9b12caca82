import type { ReactElement } from "react";
import type { AliveTensors } from "#calc/model/alive-tensors.ts";
import { TermSwatch } from "#charts/TermSwatch.tsx";
import { TERM_STYLE } from "#charts/term-style.ts";
import { formulaNames, formulaNumbers } from "#format/formula-text.ts";
import { formatBytes } from "#format/bytes.ts";
import { layerRanges } from "#format/layer-ranges.ts";
import { formatMib } from "#format/mebibytes.ts";
import { formatPercent } from "#format/percent.ts";
import styles from "./AliveList.module.css";

/** "32 × [1, 4096, 14336] bf16, layers 0–31": how many, of what, where. */
const whatAndWhere = ({ count, shape, dtype, layers: holders }: AliveTensors, layers: number): string => {
  const tensor = dtype === "" ? "" : `[${shape.join(", ")}] ${dtype}`;
  const where = layerRanges(holders, layers);
  return [`${count > 1 ? `${count} × ` : ""}${tensor}`, where].filter((text) => text !== "").join(", ");
};

type AliveRowProps = Readonly<{ row: AliveTensors; peakBytes: number; layers: number }>;

/** Tensors that are alike: their name, shape and layers, and how their bytes come about. */
export const AliveRow = ({ row, peakBytes, layers }: AliveRowProps): ReactElement => {
  const { term, module, op, count, bytes, formula } = row;
  return (
    <tr>
      <th scope="row">
        <div className={styles.row}>
          <TermSwatch id={term} />
          <code className={styles.module}>{module === "" ? "ForCausalLM" : module}</code>
          <span className={styles.op}>
            {TERM_STYLE[term].label}, {op}
          </span>
          <span className={styles.tensor}>
            {whatAndWhere(row, layers)}
            {count > 1 && <span className={styles.eachHere}>, {formatMib(bytes / count)} MiB each</span>}
          </span>
          <code className={styles.formula} title={formulaNames(formula)}>
            {formulaNumbers(formula)} = {formatBytes(bytes)}
          </code>
        </div>
      </th>
      <td className={styles.each}>{formatMib(bytes / count)}</td>
      <td>{formatMib(bytes)}</td>
      <td>{formatPercent(bytes / peakBytes)}</td>
    </tr>
  );
};
