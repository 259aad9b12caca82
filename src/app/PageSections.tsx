import { type ReactElement, useEffect, useRef } from "react";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { late } from "#ui/late.tsx";
import { useIsPhone } from "#ui/use-is-phone.ts";
import { PAGE_SECTIONS } from "./page-sections.ts";
import styles from "./PageSections.module.css";
import { stayAtSections } from "./stay-at-section.ts";
import { useCurrentSection } from "./use-current-section.ts";

const MENU_ID = "page-sections";

const { Part: MenuActions, prefetch } = late(async () => (await import("./MenuActions.tsx")).MenuActions);

/** Opens the list under the header where the sections have no room in it: named so, or as a phone's menu. The browser opens and closes it, before any script. */
export const SectionsButton = ({ kind }: Readonly<{ kind: "sections" | "menu" }>): ReactElement => (
  <Button
    kind={kind === "menu" ? "plain" : "quiet"}
    className={styles[kind]}
    popoverTarget={MENU_ID}
    aria-label={kind === "menu" ? "Menu" : undefined}
    onPointerEnter={prefetch}
    onFocus={prefetch}
  >
    {kind === "sections" && "Sections"}
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path className={styles.closed} d={kind === "menu" ? "M2 4h12M2 8h12M2 12h12" : "m4 6 4 4 4-4"} />
      <path className={styles.opened} d="m3.5 3.5 9 9m0-9-9 9" />
    </svg>
  </Button>
);

/** The sections of the page: in the header where there is room, else a list under it, with what else the header holds on a phone. */
export const PageSections = ({ onEmbed }: Readonly<{ onEmbed: () => void }>): ReactElement => {
  const list = useRef<HTMLElement>(null);
  const current = useCurrentSection();
  const isPhone = useIsPhone();
  const isKnown = useScenario(({ answer }) => answer?.notKnown.length === 0);
  // Without figures there are no panels of them.
  const sections = PAGE_SECTIONS.filter(({ href, panels }) => isKnown || panels.length === 0 || href === "#answer");
  useEffect(stayAtSections, []);
  const close = (): void => {
    if (list.current?.matches(":popover-open")) list.current.hidePopover();
  };
  return (
    <nav ref={list} id={MENU_ID} popover="auto" className={styles.nav} aria-label="Sections">
      <ul className={styles.list}>
        {sections.map(({ label, href }) => (
          <li key={href}>
            <a href={href} aria-current={href === current ? "location" : undefined} onClick={close}>
              {label}
            </a>
          </li>
        ))}
      </ul>
      {isPhone && <MenuActions onEmbed={onEmbed} close={close} />}
    </nav>
  );
};
