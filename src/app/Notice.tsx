import { type ReactElement, type ReactNode, useEffect, useRef } from "react";
import styles from "./Notice.module.css";

type NoticeProps = Readonly<{
  /** `alert`: said at once by a screen reader; `status`: once it has said what it is saying. */
  voice: "alert" | "status";
  /** In another page, where it stands above the rest and covers nothing. */
  isEmbed: boolean;
  /** The sentence. */
  children: ReactNode;
  /** Buttons. */
  acts: ReactNode;
}>;

/** A sentence about the whole page, with what to do about it: above everything, an open dialog too. */
export const Notice = ({ voice, isEmbed, children, acts }: NoticeProps): ReactElement => {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isEmbed) notice.current?.showPopover?.();
  }, [isEmbed]);
  return (
    <div
      ref={notice}
      className={isEmbed ? styles.inFlow : styles.over}
      popover={isEmbed ? undefined : "manual"}
      role={voice}
    >
      <p>{children}</p>
      <span className={styles.acts}>{acts}</span>
    </div>
  );
};
