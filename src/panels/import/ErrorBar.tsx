import type { ReactElement } from "react";
import type { RequestBarData } from "#charts/request-bar.ts";
import { RequestBar } from "#charts/RequestBar.tsx";
import type { ErrorReport } from "#interop/oom/error-report.ts";
import { useWidth } from "#panels/answer/use-width.ts";
import { useIsPhone } from "#ui/use-is-phone.ts";
import { barOf, spokenBar } from "./error-bar.ts";
import styles from "./ExplainedError.module.css";

/** What stood on the card at the error, and the request that had no room. */
export const ErrorBar = ({ report }: Readonly<{ report: ErrorReport }>): ReactElement => {
  const { ref, width } = useWidth<HTMLDivElement>();
  const shapeId = useIsPhone() ? "narrow" : "medium";
  const data: RequestBarData = barOf(report);
  return (
    <div ref={ref} className={styles.bar}>
      {width !== null && <RequestBar data={data} width={width} shapeId={shapeId} label={spokenBar(data)} />}
    </div>
  );
};
