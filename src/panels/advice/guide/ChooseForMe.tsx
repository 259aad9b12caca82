import { type ReactElement, useId, useMemo, useState } from "react";
import { DATA_SIZE_NAMES, DATA_SIZES, type DataSize, type Task, TASKS } from "#advice/article/rank-by-data.ts";
import { matrixCards } from "#advice/matrix-cards.ts";
import { FitBadge } from "#panels/advice/FitBadge.tsx";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import { useIsLocked } from "#panels/advice/use-is-locked.ts";
import { change } from "#scenario/page/actions.ts";
import type { GpuChoice } from "#scenario/choices/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import { Button } from "#ui/Button.tsx";
import { Segmented } from "#ui/Segmented.tsx";
import { Select } from "#ui/Select.tsx";
import sweep from "#panels/advice/Sweep.module.css";
import styles from "./Guide.module.css";

const TASK_NAMES: Readonly<Record<Task, string>> = { simple: "Simple", complex: "Complex", newDomain: "New domain" };
const DATA_OPTIONS = DATA_SIZES.map((value) => ({ value, label: DATA_SIZE_NAMES[value] }));
const TASK_OPTIONS = TASKS.map((value) => ({ value, label: TASK_NAMES[value] }));

/** Three questions that end in a scenario: the card, how much data, and for what. */
export const ChooseForMe = ({ answer }: AdviceProps): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const isLocked = useIsLocked();
  const [data, setData] = useState<DataSize>("1kTo10k");
  const [task, setTask] = useState<Task>("complex");
  const [picked, setPicked] = useState<GpuChoice | null>(null);
  const id = useId();
  const gpu = picked ?? answer.choices.gpu;
  const cards = matrixCards(gpu, catalog, false);
  const options = cards.map(({ shortName, memoryGb }, index) => ({
    value: String(index),
    label: `${shortName}, ${Math.round(memoryGb)} GB`,
  }));
  const { choices } = answer;
  const asked = useMemo(() => ({ choices: { ...choices, gpu }, wish: { data, task } }), [choices, gpu, data, task]);
  const { value, fresh } = useAsked("chooseForMe", asked);
  return (
    <section className={styles.choose} aria-labelledby={id} aria-busy={!fresh}>
      <h3 id={id}>Choose for me</h3>
      <div className={sweep.controls}>
        <Select
          label="GPU"
          options={options}
          value={String(cards.findIndex(({ chosen }) => chosen))}
          onChange={(index) => setPicked(cards[Number(index)]?.gpu ?? null)}
        />
        <Select label="Training examples" options={DATA_OPTIONS} value={data} onChange={setData} />
        <Segmented label="Task" options={TASK_OPTIONS} value={task} onChange={setTask} />
      </div>
      {value !== null && (
        <>
          <ul>
            {value.reasons.map((reason, index) => (
              <li key={`${index} ${reason}`}>{reason}</li>
            ))}
          </ul>
          {value.card !== null && <FitBadge card={value.card} />}{" "}
          {value.patch !== null && !isLocked({ ...value.patch, gpu }) && (
            <Button kind="primary" size="small" disabled={!fresh} onClick={() => change({ ...value.patch, gpu })}>
              Use this scenario
            </Button>
          )}
        </>
      )}
    </section>
  );
};
