// Navigation between the sections of the page, with the current one marked.

import { holdInView, useIsPhone } from "#ui/window.ts";
import { useEffect, useState, type ReactElement, useRef } from "react";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { latePart } from "#ui/late-parts.tsx";
import styles from "./PageSections.module.css";

type PageSection = Readonly<{
  label: string;
  /** Where it leads to. */
  href: string;
  /** The panels that belong to it, by their ids, in page order; none for a page over the page. */
  panels: readonly string[];
}>;

/** The parts of the page, in page order, as the header names them. */
const PAGE_SECTIONS: readonly PageSection[] = [
  { label: "Answer", href: "#answer", panels: ["answer"] },
  { label: "Change", href: "#changes", panels: ["changes"] },
  { label: "Why", href: "#moments", panels: ["moments", "computed"] },
  { label: "Where", href: "#fits", panels: ["fits"] },
  { label: "Sweep", href: "#sweep", panels: ["sweep"] },
  { label: "Guide", href: "#guide", panels: ["guide"] },
  { label: "Accuracy", href: "#accuracy", panels: [] },
  { label: "Take", href: "#take", panels: ["take"] },
];

/** How far down the window the header reaches, and a little: a part whose top is above this stands at the top. In pixels. */
const HEADER_BOTTOM_PX = 140;

/** The part of the page that a fragment leads to; null where it leads to none. */
const sectionOf = (hash: string): Element | null => document.getElementById(hash.slice(1));

/** Whether the window shows a part where a link to it leads. */
const isAtTop = (section: Element): boolean => Math.abs(section.getBoundingClientRect().top) < HEADER_BOTTOM_PX;

/**
 * Follows links that lead to a part of the page, that of the address first. Parts above it may be drawn only then, and a browser that has just scrolled does
 * not always hold its place.
 *
 * @returns ends it
 */
const followSectionLinks = (): (() => void) => {
  const listening = new AbortController();
  const follow = ({ target }: Event): void => {
    const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href^='#']") : null;
    const section = link && sectionOf(link.hash);
    if (section !== null) holdInView(section);
  };
  // A link that was pressed before the page came to life, or the page's own.
  const first = sectionOf(location.hash);
  if (first !== null && isAtTop(first)) holdInView(first);
  document.addEventListener("click", follow, { signal: listening.signal });
  return () => listening.abort();
};

/** A section is the current one from where its top has come under the header. */
const isReached = (id: string): boolean => {
  const panel = document.getElementById(id);
  return panel !== null && panel.getBoundingClientRect().top <= HEADER_BOTTOM_PX;
};

/** At the end of the page the last section may be too low to be reached by its top. */
const isAtEnd = (): boolean => {
  const { scrollTop, scrollHeight, clientHeight } = document.documentElement;
  return scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 2;
};

const currentNow = (): string => {
  const reached = isAtEnd()
    ? PAGE_SECTIONS.at(-1)
    : PAGE_SECTIONS.findLast(({ panels }) => panels.some((id) => isReached(id)));
  return (reached ?? PAGE_SECTIONS[0])?.href ?? "";
};

/** Which section of the page is at the top of the window, by where its link leads to. */
const useCurrentSection = (): string => {
  const [current, setCurrent] = useState(PAGE_SECTIONS[0]?.href ?? "");
  useEffect(() => {
    let frame = 0;
    const look = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => setCurrent(currentNow()));
    };
    const listening = new AbortController();
    const options = { signal: listening.signal, passive: true };
    for (const type of ["scroll", "resize"]) addEventListener(type, look, options);
    look();
    return () => {
      cancelAnimationFrame(frame);
      listening.abort();
    };
  }, []);
  return current;
};

const MENU_ID = "page-sections";

const { Part: MenuActions, prefetch } = latePart(async () => (await import("./MenuActions.tsx")).MenuActions);

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
  useEffect(followSectionLinks, []);
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

/** Holds the scenario that is shown beside the next one; nothing happens when there is no more room. A script that is gone is said by the page. */
export const addToComparison = (): void =>
  void import("#scenario/page/comparison.ts").then(({ pin }) => pin()).catch(() => undefined);
