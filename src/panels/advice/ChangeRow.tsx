import type { ReactElement } from "react";
import type { Price } from "#advice/prices.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import { formatSignedGib } from "#format/bytes.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./Changes.module.css";
import { FitBadge } from "./FitBadge.tsx";

type ChangeRowProps = Readonly<{
  title: string;
  detail?: string | undefined;
  price: Price;
  savedBytes: number;
  /** What the method is on the card then. */
  card: CardFit;
  apply: () => void;
}>;

/** One change: what it is and costs, what it saves, whether that is enough, and a button that makes it. */
export const ChangeRow = ({ title, detail, price, savedBytes, card, apply }: ChangeRowProps): ReactElement => (
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
  </li>
);
