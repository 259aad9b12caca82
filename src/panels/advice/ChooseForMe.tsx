// Three questions (GPU, amount of data, purpose) that end in a recommended scenario.

import { type ReactElement, useMemo, useState } from "react";
import { DATA_SIZE_NAMES, DATA_SIZES, type DataSize, type Task, TASKS } from "#advice/article-figures.ts";
import { matrixCards } from "#advice/matrix-gpus.ts";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import { ArticleLink } from "#panels/article/QuotedArticle.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";
import { useScenario } from "#scenario/page/store.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import { Button } from "#ui/Button.tsx";
import { Segmented } from "#ui/RadioRow.tsx";
import { Select } from "#ui/Select.tsx";
import styles from "./ChooseForMe.module.css";
import { FitBadge } from "#panels/answer/FitStatus.tsx";
import sweep from "./Sweep.module.css";
import { useFullCatalog } from "#scenario/page/actions.ts";
import { useIsLocked } from "#panels/scenario/locked-changes.ts";

const TASK_NAMES: Readonly<Record<Task, string>> = { simple: "Simple", complex: "Complex", newDomain: "New domain" };
const DATA_OPTIONS = DATA_SIZES.map((value) => ({ value, label: DATA_SIZE_NAMES[value] }));
const TASK_OPTIONS = TASKS.map((value) => ({ value, label: TASK_NAMES[value] }));

/** Takes the scenario over, and leads to its answer. */
const use = (patch: Partial<Choices>): void => {
  changeChoices(patch);
  location.hash = "#answer";
};

/** Three questions that end in a scenario: the card, how much data, and for what. */
export const ChooseForMe = (): ReactElement => {
  useFullCatalog();
  const { choices } = useSettledAnswer();
  const catalog = useScenario((state) => state.catalog);
  const isLocked = useIsLocked();
  const [data, setData] = useState<DataSize>("1kTo10k");
  const [task, setTask] = useState<Task>("complex");
  const [picked, setPicked] = useState<GpuChoice | null>(null);
  const gpu = picked ?? choices.gpu;
  const cards = matrixCards(gpu, catalog, false);
  const options = cards.map(({ shortName, memoryGb }, index) => ({
    value: String(index),
    label: `${shortName}, ${Math.round(memoryGb)} GB`,
  }));
  const asked = useMemo(() => ({ choices: { ...choices, gpu }, wish: { data, task } }), [choices, gpu, data, task]);
  const { value, fresh } = useEngineAnswer("chooseForMe", asked);
  return (
    <div className={styles.choose} aria-busy={!fresh}>
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
            <Button kind="primary" size="small" disabled={!fresh} onClick={() => use({ ...value.patch, gpu })}>
              Use this scenario
            </Button>
          )}
        </>
      )}
      <p className={styles.note}>
        Method and rank are those of <ArticleLink />; whether they fit is what this tool says.
      </p>
    </div>
  );
};
