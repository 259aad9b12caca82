import { type ReactElement, useMemo } from "react";
import { BY_CASE, BY_HARDWARE, CHOOSE_WHEN } from "#advice/article/method-choice.ts";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { tryOut } from "#advice/trial.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { formatSignedGib } from "#format/bytes.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import type { Choices } from "#scenario/choices/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import styles from "./Guide.module.css";
import { Quoted, type QuotedRow } from "./Quoted.tsx";

/** What the engine says of this model on one card: "RTX 4090: Full −51.8, LoRA +3.2, QLoRA +9.7". */
const onCard = (choices: Choices, id: string, catalog: Catalog): string => {
  const gpu = { kind: "catalog", id } as const;
  const margins = METHODS.map((method) => {
    const { card } = tryOut({ ...choices, gpus: 1, method, gpu }, catalog);
    return `${METHOD_NAMES[method].label} ${formatSignedGib(card.headroomBytes)}`;
  });
  return `${catalog.gpus[id]?.shortName ?? id}: ${margins.join(", ")}`;
};

/** Which method, as the article says it, beside whether it fits in this scenario. */
export const MethodGuide = ({ answer }: AdviceProps): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const { choices, model } = answer;
  const hardware = useMemo(
    () =>
      BY_HARDWARE.map(({ when, says, gpus }): QuotedRow => [
        when,
        says,
        gpus.length === 0
          ? "See the matrix above with the number of GPUs set: sharded, each card holds its share."
          : gpus.map((id) => onCard(choices, id, catalog)).join("; "),
      ]),
    [choices, catalog],
  );
  return (
    <>
      <Quoted
        label="Method by hardware"
        head={["Hardware", "Quoted", `${model.name} here, spare or missing GiB`]}
        rows={hardware}
        quoted={[1]}
        words={[2]}
      />
      <Quoted
        label="Method by case"
        head={["Case", "Quoted"]}
        rows={BY_CASE.map(({ when, says }) => [when, says])}
        quoted={[1]}
      />
      {METHODS.map((method) => (
        <p key={method} className={styles.text}>
          <strong>{METHOD_NAMES[method].label}</strong>, the article says, for: {CHOOSE_WHEN[method]}.
        </p>
      ))}
      <p className={styles.text}>
        The article decides by the card alone; what fits depends on batch, length and vocabulary too, and QLoRA can take
        more than LoRA where k-bit preparation makes large embeddings fp32. The figures above are this scenario’s.
      </p>
    </>
  );
};
