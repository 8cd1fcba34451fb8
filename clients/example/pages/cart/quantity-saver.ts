/**
 * Saves the quantities of lines: of many taps on a stepper the last one is sent, and a line's second
 * request waits for its first, so that the server ends at what the user saw last.
 */

const PAUSE_MS = 300;

export interface QuantitySaver {
  /** Take down what a line is to hold; it is sent after a pause in the tapping. */
  put(id: string, quantity: number): void;
  /** Send what is still waiting, and wait for everything that is on its way. Never rejects. */
  flush(): Promise<void>;
  /** How many quantities were put so far: a list that was asked for before the last of them is out of date. */
  count(): number;
}

/**
 * @param save sends one quantity
 * @param failed is told when that was refused; what the page shows is then wrong
 */
export function createQuantitySaver(
  save: (id: string, quantity: number) => Promise<unknown>,
  failed: (error: unknown) => void,
): QuantitySaver {
  const waiting = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sent: Promise<void> = Promise.resolve();
  let puts = 0;

  function send(): Promise<void> {
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    const quantities = Array.from(waiting);
    waiting.clear();
    if (quantities.length > 0) sent = sent.then(() => sendAll(quantities));
    return sent;
  }

  async function sendAll(quantities: [string, number][]): Promise<void> {
    try {
      await Promise.all(quantities.map(([id, quantity]) => save(id, quantity)));
    } catch (error) {
      failed(error);
    }
  }

  return {
    put(id, quantity) {
      puts += 1;
      waiting.set(id, quantity);
      if (timer !== undefined) clearTimeout(timer);
      timer = setTimeout(send, PAUSE_MS);
    },
    flush: send,
    count: () => puts,
  };
}
