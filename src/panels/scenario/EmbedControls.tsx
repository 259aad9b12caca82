import type { ReactElement } from "react";
import { BatchControl } from "./BatchControl.tsx";
import styles from "./EmbedControls.module.css";
import { GpuControl } from "./GpuControl.tsx";
import { ModelControl } from "./ModelControl.tsx";
import { SequenceControl } from "./SequenceControl.tsx";

/** Four controls in a row, two by two where it is narrow. */
export const EmbedControls = (): ReactElement => (
  <div className={styles.controls}>
    <ModelControl compact />
    <GpuControl compact />
    <BatchControl compact />
    <SequenceControl compact />
  </div>
);
