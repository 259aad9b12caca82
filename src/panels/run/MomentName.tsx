import type { ReactElement } from "react";
import styles from "./MomentName.module.css";

export type MomentNameProps = Readonly<{ name: string }>;

/** Above the bars at their left: which moment of the run they draw. */
export const MomentName = ({ name }: MomentNameProps): ReactElement => <p className={styles.name}>In {name}</p>;
