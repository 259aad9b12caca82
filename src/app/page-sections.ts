type PageSection = Readonly<{
  label: string;
  /** Where it leads to. */
  href: string;
  /** The panels that belong to it, by their ids, in page order; none for a page over the page. */
  panels: readonly string[];
}>;

/** The parts of the page, in page order, as the header names them. */
export const PAGE_SECTIONS: readonly PageSection[] = [
  { label: "Answer", href: "#answer", panels: ["answer"] },
  { label: "Change", href: "#changes", panels: ["changes"] },
  { label: "Why", href: "#moments", panels: ["moments", "computed"] },
  { label: "Where", href: "#fits", panels: ["fits"] },
  { label: "Sweep", href: "#sweep", panels: ["sweep"] },
  { label: "Guide", href: "#guide", panels: ["guide"] },
  { label: "Accuracy", href: "#accuracy", panels: [] },
  { label: "Take", href: "#take", panels: ["take"] },
];
