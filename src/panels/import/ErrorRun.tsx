import type { ReactElement } from "react";
import { formatCount } from "#format/count.ts";
import { parseTokens } from "#panels/scenario/parse-tokens.ts";
import { useFullCatalog } from "#panels/advice/use-full-catalog.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Select } from "#ui/Select.tsx";
import { holdAgainst } from "./explain-again.ts";
import styles from "./ExplainedError.module.css";

/** What stands for a model that is in no catalog. */
const OWN = "";

/** Model, batch and length of the run that the error is held against: each changes the scenario, and asks again. */
export const ErrorRun = (): ReactElement => {
  useFullCatalog();
  const { model, batch, seq, lock } = useScenario(({ choices }) => choices);
  const models = useScenario(({ catalog }) => catalog.models);
  const { name } = useAnswer().model;
  const rows = Object.entries(models).map(([value, row]) => ({ value, label: row.name }));
  const own = model.kind === "catalog" ? [] : [{ value: OWN, label: name }];
  return (
    <fieldset className={styles.run}>
      <legend>The run it is held against</legend>
      <Select
        label="Model"
        locked={lock.includes("model")}
        options={[...own, ...rows]}
        value={model.kind === "catalog" ? model.id : OWN}
        onChange={(id) => id !== OWN && holdAgainst({ model: { kind: "catalog", id } })}
      />
      <NumberField
        label="Batch"
        locked={lock.includes("batch")}
        value={batch}
        {...RANGES.batch}
        format={formatCount}
        onChange={(rowsOfBatch) => holdAgainst({ batch: rowsOfBatch })}
      />
      <NumberField
        label="Sequence"
        locked={lock.includes("seq")}
        value={seq}
        {...RANGES.seq}
        format={formatCount}
        parse={parseTokens}
        onChange={(tokens) => holdAgainst({ seq: tokens })}
      />
    </fieldset>
  );
};
