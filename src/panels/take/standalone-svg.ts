/** What style sheets say of a drawing, as attributes of SVG itself. All but opacity go on to what is inside. */
const PROPERTIES = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "paint-order",
  "font-size",
  "font-weight",
  "text-anchor",
  "opacity",
] as const;

/** For a page alone: who reads the picture elsewhere has neither classes nor names for those who hear it. */
const OF_THE_PAGE = /^(?:class|role|tabindex|style|aria-.*|data-.*)$/;

/** Writes into a copy how its original looks, as far as that does not follow from what it stands in. */
const writeInto = (copy: Element, original: Element): void => {
  const named = Array.from(copy.attributes, ({ name }) => name).filter((name) => OF_THE_PAGE.test(name));
  for (const name of named) copy.removeAttribute(name);
  const style = getComputedStyle(original);
  const around = original.parentElement === null ? null : getComputedStyle(original.parentElement);
  for (const property of PROPERTIES) {
    const value = style.getPropertyValue(property);
    const usual = property === "opacity" ? "1" : around?.getPropertyValue(property);
    if (value === usual) copy.removeAttribute(property);
    else copy.setAttribute(property, value);
  }
};

/** A drawing of this page as a file of its own, in the colours that it has now: what the style sheets say of it is written into it. */
export const standaloneSvg = (drawing: SVGSVGElement): string => {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const copies = [...copy.querySelectorAll("*")];
  for (const [index, element] of [...drawing.querySelectorAll("*")].entries()) {
    // Not drawn, such as the ring of a focus that nothing has.
    if (getComputedStyle(element).display === "none") copies[index]?.remove();
    else if (copies[index] !== undefined) writeInto(copies[index], element);
  }
  return new XMLSerializer().serializeToString(copy);
};
