import { ENGINE } from "#calc/whole-engine.ts";
import type { ReactElement } from "react";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { stageWords } from "#advice/stage-words.ts";
import { formatGib } from "#format/bytes.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import tables from "./PeakTable.module.css";
import styles from "./SeveralGpus.module.css";

/** What each stage of a pipeline holds at its peak, with how many micro batches it keeps at once; nothing where there is none. */
export const Stages = ({ focus }: Readonly<{ focus: MethodAnswer }>): ReactElement | null => {
  const stages = ENGINE.stagePeaks(focus.scenario);
  if (stages.length === 0) return null;
  return (
    <table className={`${tables.table} ${styles.table}`}>
      <caption className={styles.words}>PyTorch peak of each stage, {METHOD_NAMES[focus.method].label}</caption>
      <thead>
        <tr>
          <th scope="col">Stage</th>
          <th scope="col" className={tables.figure}>
            Micro batches
          </th>
          <th scope="col" className={tables.figure}>
            GiB
          </th>
        </tr>
      </thead>
      <tbody>
        {stages.map((stage) => (
          <tr key={stage.from}>
            <th scope="row">{stageWords(stage)}</th>
            <td className={tables.figure}>{stage.inFlight}</td>
            <td className={tables.figure}>{formatGib(stage.peakBytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
