// Button in four looks and two sizes.

import type { ComponentPropsWithRef, ReactElement } from "react";
import styles from "./Button.module.css";

export type ButtonProps = Readonly<{
  /** `primary`: ink filled, one a view. `plain`: outlined. `quiet`: text alone. `link`: underlined text inside a panel. */
  kind?: "primary" | "plain" | "quiet" | "link";
  /** 36 or 28 px high. */
  size?: "normal" | "small";
}> &
  ComponentPropsWithRef<"button">;

/** A real button that submits nothing, in one of four looks; everything else goes to the element. */
export const Button = ({ kind = "plain", size = "normal", className, ...rest }: ButtonProps): ReactElement => {
  const classes = [styles.button, styles[kind], styles[size], className].filter(Boolean).join(" ");
  return <button type="button" {...rest} className={classes} />;
};
