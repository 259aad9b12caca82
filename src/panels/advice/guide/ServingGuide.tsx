import { type ReactElement, useMemo, useState } from "react";
import { serving } from "#advice/serving.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import { ArticleLink } from "#panels/article/ArticleLink.tsx";
import { Quoted, type QuotedRow } from "#panels/article/Quoted.tsx";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { Scale } from "#ui/scale.ts";
import { SliderField } from "#ui/SliderField.tsx";
import styles from "./Guide.module.css";

const MOST_ADAPTERS = 256;
const SCALE: Scale = { kind: "log", stops: [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256] };
const FIRST = 4;
const METHODS = ["lora", "qlora"] as const;
const NAMES = { lora: "16-bit base", qlora: "Quantised base" } as const;

/** Weights in memory for several adapters: on one base and switched, or each merged into a base of its own. */
export const ServingGuide = ({ answer }: AdviceProps): ReactElement => {
  const [adapters, setAdapters] = useState(FIRST);
  const { choices } = answer;
  const asked = useMemo(() => ({ choices }), [choices]);
  const { value, fresh } = useAsked("loadedBases", asked);
  const rows = METHODS.map((method): QuotedRow => {
    if (value === null) return [NAMES[method], "", "", "", ""];
    const { baseBytes, adapterBytes, switchedBytes, mergedBytes } = serving(value, { method, adapters });
    return [NAMES[method], ...[baseBytes, adapterBytes, switchedBytes, mergedBytes].map(formatGib)];
  });
  return (
    <>
      <div className={styles.figure}>
        <SliderField
          label="Adapters"
          scale={SCALE}
          ends={["1", String(MOST_ADAPTERS)]}
          value={adapters}
          min={1}
          max={MOST_ADAPTERS}
          format={formatCount}
          onChange={setAdapters}
        />
      </div>
      <Quoted
        label="Memory of several adapters"
        head={[
          "GiB of weights",
          "Base",
          "One adapter",
          `${formatCount(adapters)} switched`,
          `${formatCount(adapters)} merged`,
        ]}
        rows={rows}
        quoted={[]}
        fresh={fresh}
      />
      <p className={styles.text}>
        <ArticleLink>The article</ArticleLink>: several adapters on one base, switched at run time, or merged into the
        base, without overhead. Both hold; but each merged adapter is a whole model in 16 bits, and a quantised base has
        to be dequantised to merge. Computed from this scenario’s rank, targets and formats; caches of attention come on
        top.
      </p>
    </>
  );
};
