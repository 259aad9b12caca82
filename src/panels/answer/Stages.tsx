import type { ReactElement } from "react";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { stageWords } from "#advice/stage-words.ts";
import type { StagePeak } from "#calc/model/stage-peak.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { formatGib } from "#format/bytes.ts";
import tables from "./PeakTable.module.css";
import styles from "./SeveralGpus.module.css";

type StagesProps = Readonly<{ method: MethodId; stages: readonly StagePeak[] }>;

/** What each stage of a pipeline holds at its peak, with how many micro batches it keeps at once; nothing where there is none. */
export const Stages = ({ method, stages }: StagesProps): ReactElement | null => {
  if (stages.length === 0) return null;
  return (
    <table className={`${tables.table} ${styles.table}`}>
      <caption className={styles.words}>PyTorch peak of each stage, {METHOD_NAMES[method].label}</caption>
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
