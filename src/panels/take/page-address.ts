/** The address of this page, before the `?` of its links. */
export const pageAddress = (): string => location.href.replace(/[?#].*$/, "");
