/** A page that uses the element, as `public/embed.d.ts` types it. Checked by the compiler, never run. */
export const showChanges = (calculator: HeadroomCalculatorElement): string => {
  calculator.setAttribute("seq", "4096");
  calculator.addEventListener("change", ({ detail }) => {
    const batch: string | undefined = detail.state.batch;
    const [issue] = detail.issues;
    // @ts-expect-error no link has such a key
    const rank: unknown = detail.state.rank;
    console.log(detail.link, batch, issue?.message, rank);
  });
  calculator.addEventListener("pointerdown", (event) => event.preventDefault());
  // @ts-expect-error what the calculator shows is changed by attributes
  calculator.link = "?v=1";
  return calculator.state?.model ?? calculator.link;
};

export const firstOf = (document: Document): HeadroomCalculatorElement | null =>
  document.querySelector("headroom-calculator");

export const attributes: HeadroomCalculatorAttributes = {
  model: "llama-3.1-8b",
  theme: "auto",
  sandbox: "allow-scripts",
};
