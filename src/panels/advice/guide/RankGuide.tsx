import { type ReactElement, useMemo } from "react";
import { QUALITY_BY_RANK } from "#advice/article/quality.ts";
import { DATA_SIZE_NAMES, DATA_SIZES, RANK_BY_DATA } from "#advice/article/rank-by-data.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import { EN_DASH } from "#format/signs.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import { ArticleLink } from "#panels/article/ArticleLink.tsx";
import { Quoted, type QuotedRow } from "#panels/article/Quoted.tsx";
import { QuotedFigure } from "#panels/article/QuotedFigure.tsx";
import { useLocked } from "#panels/scenario/use-locked.ts";
import { change } from "#scenario/page/actions.ts";
import { consequences } from "#scenario/choices/resolve-stack.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./Guide.module.css";

const rangeText = ([from, to]: readonly [number, number]): string => `${from} to ${to}`;

/** The method as it is, then with each rank; where there is none, full fine-tuning. */
const PATCHES = [{}, ...QUALITY_BY_RANK.map(({ r }) => (r === null ? { method: "full" as const } : { r }))];

const computed = (bytes: number | undefined, now: number | undefined): readonly string[] => {
  if (bytes === undefined || now === undefined) return ["", ""];
  return [formatGib(bytes), bytes === now ? EN_DASH : formatSignedGib(bytes - now)];
};

/** Rank by data and task, quality by rank with what each rank costs in this scenario, and what alpha does. */
export const RankGuide = ({ answer, focus }: AdviceProps): ReactElement => {
  const { choices } = answer;
  const locked = useLocked("alpha");
  const method = focus.method === "full" ? "lora" : focus.method;
  const asked = useMemo(() => ({ choices: { ...choices, method }, patches: PATCHES }), [choices, method]);
  const { value, fresh } = useAsked("trials", asked);
  const [now, ...ranks] = value?.map(({ onCardBytes }) => onCardBytes) ?? [];
  const rows = QUALITY_BY_RANK.map(({ r, mmlu, mtBench }, index): QuotedRow => [
    r === null ? "Full" : formatCount(r),
    mmlu.toFixed(1),
    mtBench.toFixed(1),
    ...computed(ranks[index], now),
  ]);
  const { alpha } = consequences(choices);
  return (
    <>
      <Quoted
        label="Rank by number of examples"
        head={["Examples", "Simple task, quoted", "Complex task, quoted"]}
        rows={DATA_SIZES.map((size) => [
          DATA_SIZE_NAMES[size],
          rangeText(RANK_BY_DATA[size].simple),
          `${rangeText(RANK_BY_DATA[size].complex)}${size === "over100k" ? ", or full" : ""}`,
        ])}
        quoted={[1, 2]}
      />
      <p className={styles.text}>
        What an adapter adds is scaled by alpha / r: here {formatCount(alpha)} / {formatCount(choices.r)} ={" "}
        {Number((alpha / choices.r).toFixed(3))}. <ArticleLink>The article</ArticleLink> starts with alpha = 2r, as this
        calculator does unless alpha is set.{" "}
        {choices.alpha !== null && !locked && (
          <Button kind="link" onClick={() => change({ alpha: null })}>
            Use alpha = 2r
          </Button>
        )}
      </p>
      <QuotedFigure
        title="MMLU of a 7B model by rank, per cent."
        names={["MMLU"]}
        groups={QUALITY_BY_RANK.map(({ r, mmlu }) => ({ label: r === null ? "Full" : `r ${r}`, values: [mmlu] }))}
      />
      <Quoted
        label="Quality by rank, and memory"
        head={["Rank", "MMLU, quoted", "MT-Bench, quoted", "GiB on the card here", "against now"]}
        rows={rows}
        quoted={[1, 2]}
        fresh={fresh}
      />
      <p className={styles.text}>
        Quality is the article’s, of one 7B model; memory is the engine’s, of this scenario with that rank and nothing
        else changed. Its parameter counts (13.1 M at rank 16) belong to no 7B model of this catalog: Llama 2 7B has 8.4
        M on q and v, 40.0 M on all linears.
      </p>
    </>
  );
};
