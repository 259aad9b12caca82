import { type ReactElement, useMemo } from "react";
import { BY_CASE, BY_HARDWARE, CHOOSE_WHEN } from "#advice/article/method-choice.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { formatSignedGib } from "#format/bytes.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import { ArticleLink } from "#panels/article/ArticleLink.tsx";
import { Quoted, type QuotedRow } from "#panels/article/Quoted.tsx";
import { useScenario } from "#scenario/page/store.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { TrialFigures } from "#service/answers/trials.ts";
import styles from "./Guide.module.css";

const GPUS = [...new Set(BY_HARDWARE.flatMap(({ gpus }) => gpus))];

/** Every method on one of each card. */
const PATCHES = GPUS.flatMap((id) =>
  METHODS.map((method) => ({ gpus: 1, method, gpu: { kind: "catalog", id } as const })),
);

/** What the engine says of this model on one card, by method: "Full −51.8, LoRA +3.2, QLoRA +9.7". */
const marginsOn = (id: string, figures: readonly TrialFigures[]): string =>
  PATCHES.flatMap(({ method, gpu }, index) => {
    const card = figures[index]?.card;
    return gpu.id === id && card ? `${METHOD_NAMES[method].label} ${formatSignedGib(card.headroomBytes)}` : [];
  }).join(", ");

/** Which method, as the article says it, beside whether it fits in this scenario. */
export const MethodGuide = ({ answer }: AdviceProps): ReactElement => {
  const names = useScenario((state) => state.catalog.gpus);
  const { choices, model } = answer;
  const asked = useMemo(() => ({ choices, patches: PATCHES }), [choices]);
  const { value, fresh } = useAsked("trials", asked);
  const onCards = (gpus: readonly string[]): string =>
    value === null ? "" : gpus.map((id) => `${names[id]?.shortName ?? id}: ${marginsOn(id, value)}`).join("; ");
  const hardware = BY_HARDWARE.map(({ when, says, gpus }): QuotedRow => [
    when,
    says,
    gpus.length === 0
      ? "See the matrix above with the number of GPUs set: sharded, each card holds its share."
      : onCards(gpus),
  ]);
  return (
    <>
      <Quoted
        label="Method by hardware"
        head={["Hardware", "Quoted", `${model.name} here, spare or missing GiB`]}
        rows={hardware}
        quoted={[1]}
        words={[2]}
        fresh={fresh}
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
        <ArticleLink>The article</ArticleLink> decides by the card alone; what fits depends on batch, length and
        vocabulary too, and QLoRA can take more than LoRA where k-bit preparation makes large embeddings fp32. The
        figures above are this scenario’s.
      </p>
    </>
  );
};
