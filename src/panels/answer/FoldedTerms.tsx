import { type ReactElement, useId } from "react";
import type { Term } from "#calc/model/term.ts";
import { TERM_STYLE } from "#charts/term-style.ts";
import { formatGib } from "#format/bytes.ts";
import { Chevron } from "#ui/Chevron.tsx";
import styles from "./TermRow.module.css";

type FoldedTermsProps = Readonly<{
  terms: readonly Term[];
  open: boolean;
  onToggle: () => void;
  row: (term: Term) => ReactElement;
}>;

/** The terms that hardly count, behind one row: their number, names and sum. */
export const FoldedTerms = ({ terms, open, onToggle, row }: FoldedTermsProps): ReactElement => {
  const bodyId = useId();
  const names = terms.map(({ id }) => TERM_STYLE[id].label.toLowerCase()).join(", ");
  const total = terms.reduce((bytes, term) => bytes + term.bytes, 0);
  return (
    <div className={styles.term}>
      <button
        type="button"
        className={styles.row}
        aria-expanded={open}
        aria-controls={open ? bodyId : undefined}
        onClick={onToggle}
      >
        <Chevron to={open ? "down" : "right"} />
        <span className={styles.label}>
          {terms.length === 1 ? "1 smaller component" : `${terms.length} smaller components`}
        </span>{" "}
        <span className={styles.short}>{names}</span>{" "}
        <span className={styles.size}>{total === 0 ? formatGib(0) : `${formatGib(total)}\u00a0GiB`}</span>
      </button>
      {open && (
        <div id={bodyId} className={styles.folded}>
          {terms.map(row)}
        </div>
      )}
    </div>
  );
};
