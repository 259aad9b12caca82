import type { ReactElement } from "react";
import styles from "./MeasuredLine.module.css";

/** The mark of a measurement as it stands on a bar: filled, or in outline where it is of what PyTorch holds while there is room. */
export const Diamond = ({ isSeen = false }: Readonly<{ isSeen?: boolean }>): ReactElement => (
  <svg
    className={isSeen ? styles.outlined : styles.diamond}
    width="12"
    height="12"
    viewBox="-6 -6 12 12"
    aria-hidden="true"
  >
    <path d="M0,-5l5,5l-5,5l-5,-5z" />
  </svg>
);
