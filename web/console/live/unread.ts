import type { Event, MessageBody, Row } from '@parley/client';
import { byCustomer } from './rows';

/**
 * Customer lines after seen. What is not loaded is not counted; a row whose last
 * line is the customer's and newer than seen counts as one at least.
 */
export function unread(row: Row | undefined, events: readonly Event[], seen: number): number {
  let n = 0;
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i]!;
    if (event.seq <= seen) break;
    if (event.ev === 'message' && (event.body as unknown as MessageBody).from.kind === 'customer') n++;
  }
  if (n === 0 && events.length === 0 && row && row.seq > seen && byCustomer(row.last)) return 1;
  return n;
}
