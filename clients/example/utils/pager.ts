/**
 * A list that is read page by page while the user scrolls.
 *
 * Searching begins anew: what a superseded search is answered later is dropped. A row that moved from
 * one page to the next meanwhile is shown once.
 */

/** A page as the server answers it. */
export interface PageOf<Row> {
  items: Row[];
  page: number;
  totalPages: number;
  totalItems: number;
}

/** What a page of the mini program shows of the list. */
export interface ListView<Item> {
  /** `loading` and `error` only while there is nothing to show. */
  state: 'loading' | 'ready' | 'error';
  items: Item[];
  /** What stands below the last item. */
  end: 'more' | 'loading' | 'end' | 'error';
  total: number;
  /** Why the last request failed, in Chinese; empty where it did not. */
  errorText: string;
}

export interface PagerOptions<Row, Item> {
  /** Asks for a page, counted from 1. */
  load: (page: number) => Promise<PageOf<Row>>;
  /** Makes what is shown of a row. */
  view: (row: Row) => Item;
  /** Is called after every change. */
  show: (list: ListView<Item>) => void;
  /** The sentence for a failure. */
  messageOf: (error: unknown) => string;
}

export interface Pager {
  /** Ask for the first page. `keep`: what is shown stays until it is there (pull to refresh). */
  restart(keep?: boolean): Promise<void>;
  /** Ask for the next page; does nothing while one is on its way and after the last one. */
  next(): Promise<void>;
}

/** What a page shows before the first answer. */
export function emptyList<Item>(): ListView<Item> {
  return { state: 'loading', items: [], end: 'more', total: 0, errorText: '' };
}

export function createPager<Row extends { id: string }, Item extends { id: string }>(
  options: PagerOptions<Row, Item>,
): Pager {
  let list = emptyList<Item>();
  let page = 0;
  let search = 0;

  function change(changes: Partial<ListView<Item>>): void {
    list = { ...list, ...changes };
    options.show(list);
  }

  async function load(wanted: number): Promise<void> {
    const asked = search;
    try {
      const answer = await options.load(wanted);
      if (asked === search) accept(answer, wanted);
    } catch (error) {
      if (asked === search) refuse(error);
    }
  }

  function accept(answer: PageOf<Row>, wanted: number): void {
    const before = wanted === 1 ? [] : list.items;
    const shown = before.map((item) => item.id);
    const added = answer.items.filter((row) => !shown.includes(row.id)).map(options.view);
    page = wanted;
    change({
      state: 'ready',
      items: [...before, ...added],
      end: wanted < answer.totalPages ? 'more' : 'end',
      total: answer.totalItems,
      errorText: '',
    });
  }

  function refuse(error: unknown): void {
    const isEmpty = list.items.length === 0;
    change({
      state: isEmpty ? 'error' : 'ready',
      end: isEmpty ? 'more' : 'error',
      errorText: options.messageOf(error),
    });
  }

  return {
    restart(keep = false) {
      search += 1;
      if (!keep) change(emptyList<Item>());
      return load(1);
    },
    async next() {
      const canLoad = list.state === 'ready' && (list.end === 'more' || list.end === 'error');
      if (!canLoad) return;
      change({ end: 'loading' });
      await load(page + 1);
    },
  };
}
