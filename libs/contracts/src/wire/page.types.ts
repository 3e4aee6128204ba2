/** Every list of the REST API. */
export interface Page<T> {
  data: T[];
  page: {
    /** Give it as `cursor` to the next request; null on the last page. */
    next: string | null;
  };
}
