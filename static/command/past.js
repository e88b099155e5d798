/**
 * The rows of a filter that looks into the past, from the server, page by page. The newest question
 * wins; what an answer to an older one brings is dropped.
 */
export class Past {
  #load;
  #changed;
  #query = null;
  #page = 0;
  #timer = 0;

  rows = [];

  /** How many there are in all; null while nobody knows. */
  count = null;

  /** '', 'loading', 'failed'. */
  state = '';

  /**
   * @param {function(string): Promise<{items, count}>} load  answers a query string
   * @param {function()} changed  called when rows, count or state have changed
   */
  constructor(load, changed) {
    this.#load = load;
    this.#changed = changed;
  }

  /** Ask, unless this is what was asked last; typing is waited for. */
  ask(query, waitMs = 200) {
    if (query === this.#query) return;
    this.#query = query;
    this.rows = [];
    this.count = null;
    this.#page = 0;
    this.state = 'loading';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.more(), waitMs);
  }

  /** Bring the next page; after a failure the same again. */
  async more() {
    const query = this.#query;
    this.state = 'loading';
    this.#changed();
    try {
      const { items, count } = await this.#load(`${query}&page=${this.#page + 1}`);
      if (query !== this.#query) return;
      const known = new Set(this.rows.map(({ id }) => id));
      this.rows = [...this.rows, ...items.filter(({ id }) => !known.has(id))];
      Object.assign(this, { count, state: '' });
      this.#page += 1;
    } catch {
      if (query !== this.#query) return;
      this.state = 'failed';
    }
    this.#changed();
  }

  /** Newer facts of a row that is here. */
  take(row) {
    this.rows = this.rows.map((old) => (old.id === row.id && old.version <= row.version ? row : old));
  }

  /** Nobody looks back any more. */
  forget() {
    clearTimeout(this.#timer);
    Object.assign(this, { rows: [], count: null, state: '' });
    this.#query = null;
  }
}
