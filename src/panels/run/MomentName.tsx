import type { ReactElement } from "react";
import { useShownMoment } from "#panels/answer/selection.ts";
import styles from "./MomentName.module.css";

/** Above the bars at their left: which moment of the run they draw. */
export const MomentName = (): ReactElement => <p className={styles.name}>In {useShownMoment()?.name ?? "the step"}</p>;
