import type { ReactElement } from "react";
import { BatchControl, ModelControl, SequenceControl } from "./BatchControl.tsx";
import styles from "./EmbedControls.module.css";
import { GpuControl } from "./GpuControl.tsx";

/** Four controls in a row, two by two where it is narrow. */
export const EmbedControls = (): ReactElement => (
  <div className={styles.controls}>
    <ModelControl compact />
    <GpuControl compact />
    <BatchControl compact />
    <SequenceControl compact />
  </div>
);
