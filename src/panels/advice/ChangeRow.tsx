import type { ReactElement } from "react";
import type { Price } from "#advice/price.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import type { ConfigLines } from "#interop/config-lines/lines-between.ts";
import { formatSignedGib } from "#format/bytes.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./Changes.module.css";
import { FitBadge } from "./FitBadge.tsx";

type ChangeRowProps = Readonly<{
  title: string;
  detail?: string | undefined;
  price: Price;
  /** What the library's file has then; null where that is a whole file. */
  lines: ConfigLines | null;
  savedBytes: number;
  /** What the method is on the card then. */
  card: CardFit;
  apply: () => void;
}>;

/** The lines of a change, or that the library has none for it. */
const Lines = ({ lines: { added, missing } }: Readonly<{ lines: ConfigLines }>): ReactElement | null => {
  if (added.length > 0) return <code className={styles.code}>{added.join("\n")}</code>;
  return missing.length > 0 ? <span className={styles.missing}>{missing.join(" ")}</span> : null;
};

/** One change: what it is and costs, what it saves, whether that is enough, and a button that makes it. */
export const ChangeRow = ({ title, detail, price, lines, savedBytes, card, apply }: ChangeRowProps): ReactElement => (
  <li className={styles.row}>
    <span>
      <span className={styles.name}>{title}</span>
      <span className={styles.price}>
        {detail} {price.words}{" "}
        {price.source && (
          <a href={price.source.url} title={price.source.label} target="_blank" rel="noopener">
            Source
          </a>
        )}
      </span>
    </span>
    <span className={styles.saved}>{savedBytes > 0 && formatSignedGib(-savedBytes)}</span>
    <span>
      <FitBadge card={card} />
    </span>
    <Button size="small" aria-label={`Apply: ${title}`} onClick={apply}>
      Apply
    </Button>
    {lines !== null && <Lines lines={lines} />}
  </li>
);
