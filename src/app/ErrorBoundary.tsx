import { Component, type ReactElement, type ReactNode } from "react";
import styles from "./ErrorBoundary.module.css";

type Props = Readonly<{
  /** What failed, as the sentence names it: "The page", "This panel". */
  name: string;
  children: ReactNode;
}>;

/** Keeps one panel's failure to that panel: it says so, the others stay. */
export class ErrorBoundary extends Component<Props, Readonly<{ failed: boolean }>> {
  override state = { failed: false };

  static getDerivedStateFromError(): Readonly<{ failed: boolean }> {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Failure name={this.props.name} /> : this.props.children;
  }
}

const Failure = ({ name }: Readonly<{ name: string }>): ReactElement => (
  <p role="alert" className={styles.failure}>
    {name} could not be drawn. Nothing you entered is lost: the link in the address bar holds it all.
  </p>
);
