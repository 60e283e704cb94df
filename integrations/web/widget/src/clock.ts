/** Time, as the widget needs it: a browser's, or a test's. */
export interface Clock {
  now(): number;
  /** Run something later; gives what calls it off. */
  after(milliseconds: number, run: () => void): () => void;
}
