/** How much one request may carry. */
export interface PageBounds {
  maxItems: number;
  maxBytes: number;
}

/**
 * Packs items into pages in their order, each as full as the bounds allow. An item is never split: one that is larger
 * than a page by itself gets a page of its own, and the server says what is wrong with it.
 */
export class PageFiller<T> {
  private items: T[] = [];
  private bytes = 0;

  constructor(private readonly bounds: PageBounds) {}

  /** Adds an item; returns the page that it closed, if it closed one. */
  add(item: T): T[] | undefined {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    const full =
      this.items.length > 0 &&
      (this.items.length === this.bounds.maxItems || this.bytes + size > this.bounds.maxBytes);
    const closed = full ? this.rest() : undefined;
    this.items.push(item);
    this.bytes += size;
    return closed;
  }

  /** What is not yet on a closed page. */
  rest(): T[] {
    const page = this.items;
    this.items = [];
    this.bytes = 0;
    return page;
  }
}

/** All pages of a list that is at hand. */
export function pagesOf<T>(items: Iterable<T>, bounds: PageBounds): T[][] {
  const filler = new PageFiller<T>(bounds);
  const pages: T[][] = [];
  for (const item of items) {
    const closed = filler.add(item);
    if (closed !== undefined) pages.push(closed);
  }
  const rest = filler.rest();
  if (rest.length > 0) pages.push(rest);
  return pages;
}
